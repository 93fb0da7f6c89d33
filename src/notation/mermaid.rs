//! Runbooks as Mermaid diagrams: when what is done as a `gantt`, what comes before what as a `flowchart`. Titles come from
//! the catalog, so whatever Mermaid could read as more than text is written as its entity code.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::civil::Date;

use super::group::{Group, Groups, Needs, Stand, Sum};
use crate::model::runbook::Runbook;
use crate::text::escape::to_one_line;

/// The longest diagram that GitLab draws at once, in issues and merge requests: 2,000 characters, for all diagrams of a
/// page together (`MAX_CHAR_LIMIT` in <https://gitlab.com/gitlab-org/gitlab/-/blob/master/app/assets/javascripts/behaviors/markdown/render_sandboxed_mermaid.js>).
const LONGEST_DRAWN: usize = 2000;

/// The longest label, in characters; a longer one makes a box that is wider than the page.
const LONGEST_LABEL: usize = 64;

/// Room on the left of a `gantt` for the names of phases, which would run into the bars.
const GANTT_LOOK: &str = "%%{init: {\"gantt\": {\"leftPadding\": 180}}}%%";

/// The longest name that has room there, in characters.
const LONGEST_SECTION: usize = 28;

/// What a diagram shows as one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// The tasks of a step in a phase, by the step's title.
    Titles,
    /// The same, by the step's id, which is shorter.
    Steps,
    /// A phase.
    Phases,
}

/// Draws when steps are done; nothing where no day is known.
#[must_use]
pub fn gantt(runbook: &Runbook) -> Option<String> {
    draw_gantt(runbook, &Groups::of(runbook), Detail::Titles)
}

/// Draws what comes before what, step by step.
#[must_use]
pub fn flowchart(runbook: &Runbook) -> String {
    let groups = Groups::of(runbook);
    draw_flowchart(&groups, &Needs::of(&groups).right_before(), Detail::Titles)
}

/// Draws when steps are done, in as much detail as a page takes.
#[must_use]
pub fn gantt_for_page(runbook: &Runbook) -> Option<String> {
    let groups = Groups::of(runbook);
    find_short(|detail| draw_gantt(runbook, &groups, detail))
}

/// Draws what comes before what, in as much detail as a page takes.
#[must_use]
pub fn flowchart_for_page(runbook: &Runbook) -> Option<String> {
    let groups = Groups::of(runbook);
    let before = Needs::of(&groups).right_before();
    find_short(|detail| (!groups.sections.is_empty()).then(|| draw_flowchart(&groups, &before, detail)))
}

fn find_short(draw: impl Fn(Detail) -> Option<String>) -> Option<String> {
    let is_short = |text: &String| text.encode_utf16().count() <= LONGEST_DRAWN;
    [Detail::Titles, Detail::Steps, Detail::Phases].into_iter().find_map(|detail| draw(detail).filter(is_short))
}

fn to_name(group: &Group<'_>, detail: Detail) -> String {
    let name = if detail == Detail::Steps { group.step.as_str() } else { group.title };
    group.with_count(&cut(name, LONGEST_LABEL))
}

fn cut(text: &str, longest: usize) -> String {
    let text = to_one_line(text);
    match text.char_indices().nth(longest) {
        None => text,
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

fn draw_gantt(runbook: &Runbook, groups: &Groups<'_>, detail: Detail) -> Option<String> {
    let (first, last) = groups.sum(&runbook.tasks).days?;
    let title = format!("{} {} to {}", runbook.runtime_name, runbook.from, runbook.to);
    let mut out = format!("{GANTT_LOOK}\ngantt\n  title {}\n  dateFormat YYYY-MM-DD\n", to_text(&title));
    let _ = writeln!(out, "  {}", to_axis(first, runbook.due.date.map_or(last, |due| due.max(last))));
    for section in &groups.sections {
        let all = groups.sum(section.tasks());
        if detail == Detail::Phases {
            push_bar(&mut out, &cut(&section.phase.name, LONGEST_LABEL), &all);
        } else if all.days.is_some() {
            let _ = writeln!(out, "  section {}", to_text(&cut(&section.phase.name, LONGEST_SECTION)));
            for group in &section.groups {
                push_bar(&mut out, &to_name(group, detail), &groups.sum(group.tasks.iter().copied()));
            }
        }
    }
    if let Some(due) = runbook.due.date {
        let _ = writeln!(out, "  section Due\n  Due {due} :milestone, crit, {due}, 0d");
    }
    Some(out)
}

/// How time is divided: few enough marks that they can be read.
fn to_axis(first: Date, last: Date) -> &'static str {
    match (last - first).get_days() {
        ..=70 => "axisFormat %m-%d\n  tickInterval 1week",
        71..=140 => "axisFormat %m-%d\n  tickInterval 2week",
        141..=366 => "axisFormat %b %Y\n  tickInterval 1month",
        _ => "axisFormat %b %Y\n  tickInterval 3month",
    }
}

fn push_bar(out: &mut String, name: &str, sum: &Sum) {
    let Some((start, finish)) = sum.days else { return };
    let critical = if sum.is_critical { "crit, " } else { "" };
    let stand = match sum.stand {
        Stand::Open => "",
        Stand::Begun => "active, ",
        Stand::Settled => "done, ",
    };
    // A length, since it is shorter than a day; these are days of the calendar.
    let days = (finish - start).get_days() + 1;
    let _ = writeln!(out, "  {} :{critical}{stand}{start}, {days}d", to_row_name(name));
}

/// Draws a flowchart; `before` are the groups right before each one, by their places among all groups.
fn draw_flowchart(groups: &Groups<'_>, before: &[BTreeSet<usize>], detail: Detail) -> String {
    let mut out = "flowchart TB\n".to_owned();
    let mut looks = Looks::default();
    let mut number = 0;
    for (at, section) in groups.sections.iter().enumerate() {
        let (phase, name) = (format!("p{}", at + 1), to_text(&cut(&section.phase.name, LONGEST_LABEL)));
        if detail == Detail::Phases {
            let _ = writeln!(out, "  {phase}[\"{name}\"]");
            looks.add(phase, &groups.sum(section.tasks()));
            continue;
        }
        let _ = writeln!(out, "  subgraph {phase}[\"{name}\"]");
        for group in &section.groups {
            number += 1;
            let _ = writeln!(out, "    t{number}[\"{}\"]", to_text(&to_name(group, detail)));
            looks.add(format!("t{number}"), &groups.sum(group.tasks.iter().copied()));
        }
        out.push_str("  end\n");
    }
    if detail != Detail::Phases {
        push_edges(&mut out, 't', before);
    }
    push_edges(&mut out, 'p', &groups.before);
    looks.push(&mut out);
    out
}

fn push_edges(out: &mut String, kind: char, before: &[BTreeSet<usize>]) {
    for (to, before) in before.iter().enumerate() {
        for from in before {
            let _ = writeln!(out, "  {kind}{} --> {kind}{}", from + 1, to + 1);
        }
    }
}

/// The nodes that do not look like the others.
#[derive(Default)]
struct Looks {
    critical: Vec<String>,
    settled: Vec<String>,
}

impl Looks {
    fn add(&mut self, node: String, sum: &Sum) {
        if sum.stand == Stand::Settled {
            self.settled.push(node);
        } else if sum.is_critical {
            self.critical.push(node);
        }
    }

    fn push(&self, out: &mut String) {
        let classes = [
            ("critical", "stroke:#c00,stroke-width:3px", &self.critical),
            ("settled", "fill:#cec,color:#333", &self.settled),
        ];
        for (name, look, nodes) in classes.into_iter().filter(|(_, _, nodes)| !nodes.is_empty()) {
            let _ = writeln!(out, "  classDef {name} {look}\n  class {} {name}", nodes.join(","));
        }
    }
}

/// A value as text in a label. Letters, digits and a few marks stay; all else becomes an entity code, which Mermaid
/// puts in place after everything is read: <https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters>.
fn to_text(value: &str) -> String {
    // Mermaid writes codes with this ligature while it reads, and puts back what looks like one.
    let value = to_one_line(value).replace('ﬂ', "fl");
    // A list in Markdown: Mermaid reads some labels so.
    let digits = value.len() - value.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mut out = String::with_capacity(value.len());
    for (at, c) in value.char_indices() {
        let is_plain = match c {
            '.' | ')' => at != digits,
            ' ' | '×' | '…' => true,
            ',' | '-' | '/' | '(' | '+' | '\'' | '!' | '?' | '_' => at > 0,
            c => c.is_alphanumeric(),
        };
        if is_plain {
            out.push(c);
        } else {
            push_code(&mut out, c);
        }
    }
    out
}

fn push_code(out: &mut String, c: char) {
    let _ = write!(out, "#{};", u32::from(c));
}

/// Words that mean something at the beginning of a line of a `gantt`, in any case:
/// <https://github.com/mermaid-js/mermaid/blob/develop/packages/mermaid/src/diagrams/gantt/parser/gantt.jison>.
const WORDS: [&str; 17] = [
    "gantt",
    "title",
    "section",
    "click",
    "call",
    "href",
    "dateformat",
    "axisformat",
    "tickinterval",
    "topaxis",
    "inclusiveenddates",
    "includes",
    "excludes",
    "todaymarker",
    "week",
    "acctitle",
    "accdescr",
];

/// A value as the name of a row: text that begins neither with a word of the notation nor with a date.
fn to_row_name(value: &str) -> String {
    let text = to_text(value);
    let lower = text.to_lowercase();
    let means_something =
        WORDS.iter().any(|word| lower.starts_with(word)) || lower.starts_with(|c: char| c.is_ascii_digit());
    match text.chars().next() {
        Some(first) if means_something => {
            let mut out = String::new();
            push_code(&mut out, first);
            out + &text[first.len_utf8()..]
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{HOSTILE, dated, hostile, phase, runbook, task, undated};
    use super::*;

    #[test]
    fn draws_steps_in_their_phases() {
        let expected = r#"flowchart TB
  subgraph p1["Phase kickoff"]
    t1["Do open"]
  end
  subgraph p2["Phase work"]
    t2["Do build everywhere ×3"]
    t3["Do test"]
  end
  subgraph p3["Phase side"]
    t4["Do try/api"]
  end
  subgraph p4["Phase wrap-up"]
    t5["Do announce"]
  end
  t2 --> t3
  t2 --> t4
  p1 --> p2
  p1 --> p3
  p2 --> p4
  classDef critical stroke:#c00,stroke-width:3px
  class t2,t3,t5 critical
  classDef settled fill:#cec,color:#333
  class t1 settled
"#;
        assert_eq!(flowchart(&dated()), expected);
        let without_looks = &expected[..expected.find("  classDef critical").expect("is there")];
        let looks = "  classDef settled fill:#cec,color:#333\n  class t1 settled\n";
        assert_eq!(flowchart(&undated()), format!("{without_looks}{looks}"));
    }

    #[test]
    fn draws_what_is_done_when() {
        let expected = r#"%%{init: {"gantt": {"leftPadding": 180}}}%%
gantt
  title Go 1.26.7 to 1.27.0
  dateFormat YYYY-MM-DD
  axisFormat %m-%d
  tickInterval 1week
  section Phase kickoff
  Do open :crit, done, 2026-09-01, 1d
  section Phase work
  Do build everywhere ×3 :crit, active, 2026-09-02, 17d
  Do test :crit, 2026-09-21, 5d
  section Phase side
  Do try/api :2026-09-09, 3d
  section Phase wrap-up
  Do announce :crit, 2026-09-28, 5d
  section Due
  Due 2026-10-09 :milestone, crit, 2026-10-09, 0d
"#;
        assert_eq!(gantt(&dated()).as_deref(), Some(expected));
        assert_eq!(gantt(&undated()), None);
    }

    #[test]
    fn hostile_texts_are_text() {
        let labels = [
            "#34;#93; --#62; x#59; click t1 #34;javascript#58;alert(1)#34; #37;#37; #34;",
            "#60;img src#61;x onerror#61;alert(1)#62;",
            "#96;#42;#42;bold#42;#42;#96;",
            "a click t1 href #34;https#58;//evil.example#34;",
            "#37;#37;#123;init#58; #123;#34;securityLevel#34;#58; #34;loose#34;#125;#125;#37;#37;",
            "title#58; x#59; section y #35; z",
            "Section of the page",
            "2026-10-10 is a day",
            "1#46; a list",
            "#45; a list",
            "style a#58;#35;1#59;x#35;2#59;",
            "fl#176;#176;60#182;ßb",
            "#35;quot#59;#35;60#59;b#35;62#59;",
            "#36;#36;x#94;2#36;#36;",
            "fa#58;fa-car end",
            "end",
            "#61;cmd#124;' /C calc'!A0",
            "#64;SUM(1+1)",
            "#123;#123;x#125;#125; #91;#91;y#93;#93; ((z)) #124;p#124;",
            "#92;#34; , #92;N x",
        ];
        assert_eq!(HOSTILE.map(to_text), labels.map(str::to_owned));
        let phase = "#34;#93; --#62; x#59; click t1 #34;java";
        let nodes: Vec<String> =
            labels.iter().enumerate().map(|(at, label)| format!("    t{}[\"{label}\"]\n", at + 1)).collect();
        let rest = "script#58;alert(1)#34; #37;#37; #34; #60;img src#61;x o";
        let expected = format!("flowchart TB\n  subgraph p1[\"{phase}{rest}\"]\n{}  end\n", nodes.concat());
        assert_eq!(flowchart(&hostile()), expected);
        let rows: Vec<String> = HOSTILE.map(|text| format!("  {} :2026-09-01, 1d\n", to_row_name(text))).into();
        let head = "%%{init: {\"gantt\": {\"leftPadding\": 180}}}%%\ngantt\n  title ";
        let title = format!("{} 1.26.7 to 1.27.0", labels[0]);
        let look = "  dateFormat YYYY-MM-DD\n  axisFormat %m-%d\n  tickInterval 1week\n";
        let expected = format!("{head}{title}\n{look}  section {phase}scri…\n{}", rows.concat());
        assert_eq!(gantt(&hostile()), Some(expected));
    }

    #[test]
    fn a_row_begins_with_no_word_of_the_notation_and_no_date() {
        let cases = [
            ("Titles of pages", "#84;itles of pages"),
            ("gantt", "#103;antt"),
            ("SECTION x", "#83;ECTION x"),
            ("Weekend shifts", "#87;eekend shifts"),
            ("2026-10-10", "#50;026-10-10"),
            ("accDescr { x", "#97;ccDescr #123; x"),
            ("Build with 1.27.0", "Build with 1.27.0"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(to_row_name(text), expected);
        }
    }

    #[test]
    fn a_page_has_the_finest_diagram_that_is_drawn_at_once() {
        let day = jiff::civil::date(2026, 9, 1);
        let of = |steps: usize| {
            let step = |at: usize| {
                let mut task = task(&format!("step-{at}"), "work", &[], Some([day, day]));
                task.title = format!("A step whose title says at length what is done, number {at}");
                task
            };
            runbook(vec![phase("work", &[])], (0..steps).map(step).collect())
        };
        for (steps, detail) in [(10, Detail::Titles), (40, Detail::Steps), (200, Detail::Phases)] {
            let runbook = of(steps);
            let groups = Groups::of(&runbook);
            assert_eq!(flowchart_for_page(&runbook), Some(draw_flowchart(&groups, &[], detail)), "{steps}");
            assert_eq!(gantt_for_page(&runbook), draw_gantt(&runbook, &groups, detail), "{steps}");
        }
        assert_eq!(flowchart_for_page(&of(0)), None);
        let mut many = of(1);
        many.phases = (0..200).map(|at| phase(&format!("phase-{at}"), &[])).collect();
        many.tasks = (0..200).map(|at| task(&format!("step-{at}"), &format!("phase-{at}"), &[], None)).collect();
        assert_eq!(flowchart_for_page(&many), None);
    }
}

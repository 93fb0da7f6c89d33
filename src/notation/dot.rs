//! The tasks of a runbook as a graph for Graphviz: phases as clusters, the critical path bold.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::group::{Groups, Needs, Section};
use crate::model::id::TaskId;
use crate::model::runbook::{Runbook, TaskEntry};
use crate::text::escape::to_one_line;

const HEAD: &str = "  rankdir=LR; fontname=\"Helvetica,Arial,sans-serif\";
  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"Helvetica,Arial,sans-serif\", fontsize=11];
  edge [color=gray40, arrowsize=0.7];
";

/// What is on the critical path looks like this.
const CRITICAL: &str = "color=\"#cc0000\", penwidth=3";

/// Draws all tasks.
///
/// A phase has a point for its beginning: all that is last in the phases before leads to it, and all that is first in the
/// phase starts from it. So two phases of 1,000 tasks are joined by 2,000 lines, not by 1,000,000. A need that follows
/// from the order of phases is not drawn.
#[must_use]
pub fn graph(runbook: &Runbook) -> String {
    let groups = Groups::of(runbook);
    let needs = Needs::of(&groups);
    let title = format!("{} {} to {}", runbook.runtime_name, runbook.from, runbook.to);
    let mut out = format!("digraph {} {{\n  label={};\n{HEAD}", quote(runbook.upgrade.as_str()), quote(&title));
    for (at, section) in groups.sections.iter().enumerate() {
        let name = quote(&section.phase.name);
        let _ =
            writeln!(out, "  subgraph cluster_{at} {{\n    label={name}; style=\"rounded,filled\"; fillcolor=gray95;");
        if !groups.before[at].is_empty() {
            let _ = writeln!(out, "    {} [shape=point, tooltip={name}];", quote(&beginning(section)));
        }
        for task in section.tasks() {
            let _ = writeln!(out, "    {} [{}];", quote(task.id.as_str()), to_look(task, groups.is_critical(&task.id)));
        }
        out.push_str("  }\n");
    }
    for (section, before) in groups.sections.iter().zip(&groups.before).filter(|(_, before)| !before.is_empty()) {
        let to = beginning(section);
        for task in before.iter().flat_map(|at| find_last(&needs, &groups.sections[*at])) {
            push_edge(&mut out, task.id.as_str(), &to, "");
        }
        for task in section.tasks().filter(|task| is_first(&needs, task)) {
            push_edge(&mut out, &to, task.id.as_str(), "");
        }
    }
    // Where a link of the chain is a wait or the order of phases, no need is drawn that could be bold.
    let mut chain: BTreeSet<(&TaskId, &TaskId)> =
        runbook.summary.critical_path.windows(2).map(|link| (&link[0], &link[1])).collect();
    for task in &runbook.tasks {
        for need in task.needs.iter().filter(|need| needs.is_of_its_own(need, &task.id)) {
            let look = if chain.remove(&(need, &task.id)) { CRITICAL } else { "" };
            push_edge(&mut out, need.as_str(), task.id.as_str(), look);
        }
    }
    for (from, to) in chain {
        push_edge(&mut out, from.as_str(), to.as_str(), CRITICAL);
    }
    out.push_str("}\n");
    out
}

/// The point where a phase begins. A task's id has no colon.
fn beginning(section: &Section<'_>) -> String {
    format!("phase:{}", section.phase.id)
}

/// Says whether a task waits for no other one of its phase.
fn is_first(needs: &Needs<'_>, task: &TaskEntry) -> bool {
    !task.needs.iter().any(|need| needs.are_in_one_phase(need, &task.id))
}

/// The tasks of a phase for which no other one of it waits.
fn find_last<'a>(needs: &Needs<'_>, section: &Section<'a>) -> Vec<&'a TaskEntry> {
    let needed: BTreeSet<&TaskId> = section
        .tasks()
        .flat_map(|task| task.needs.iter().filter(|need| needs.are_in_one_phase(need, &task.id)))
        .collect();
    section.tasks().filter(|task| !needed.contains(&task.id)).collect()
}

fn to_look(task: &TaskEntry, is_critical: bool) -> String {
    let days = match (task.earliest_start, task.earliest_finish) {
        (Some(start), Some(finish)) if start == finish => format!("\\n{start}"),
        (Some(start), Some(finish)) => format!("\\n{start} to {finish}"),
        _ => String::new(),
    };
    let mut look = format!(
        "label=\"{}\\n{}{days}\", tooltip={}",
        escape(task.id.as_str()),
        escape(task.owner.as_str()),
        quote(&task.title)
    );
    if task.state.is_settled() {
        look.push_str(", fillcolor=\"#cceecc\"");
    }
    if is_critical {
        let _ = write!(look, ", {CRITICAL}");
    }
    look
}

fn push_edge(out: &mut String, from: &str, to: &str, look: &str) {
    let look = if look.is_empty() { String::new() } else { format!(" [{look}]") };
    let _ = writeln!(out, "  {} -> {}{look};", quote(from), quote(to));
}

/// A value between quotes, where only the quote and the backslash mean something:
/// <https://graphviz.org/doc/info/lang.html#ids>.
fn quote(value: &str) -> String {
    format!("\"{}\"", escape(value))
}

fn escape(value: &str) -> String {
    to_one_line(value).replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{dated, hostile};
    use super::*;

    #[test]
    fn draws_tasks_in_their_phases_and_the_chain_bold() {
        let expected = r##"digraph "go-1.27.0" {
  label="Go 1.26.7 to 1.27.0";
  rankdir=LR; fontname="Helvetica,Arial,sans-serif";
  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica,Arial,sans-serif", fontsize=11];
  edge [color=gray40, arrowsize=0.7];
  subgraph cluster_0 {
    label="Phase kickoff"; style="rounded,filled"; fillcolor=gray95;
    "open" [label="open\ncore\n2026-09-01", tooltip="Do open", fillcolor="#cceecc", color="#cc0000", penwidth=3];
  }
  subgraph cluster_1 {
    label="Phase work"; style="rounded,filled"; fillcolor=gray95;
    "phase:work" [shape=point, tooltip="Phase work"];
    "build/api" [label="build/api\ncore\n2026-09-02 to 2026-09-08", tooltip="Do build/api", color="#cc0000", penwidth=3];
    "build/web" [label="build/web\ncore\n2026-09-09 to 2026-09-18", tooltip="Do build/web", color="#cc0000", penwidth=3];
    "build/cli" [label="build/cli\ncore\n2026-09-02 to 2026-09-04", tooltip="Do build/cli"];
    "test" [label="test\ncore\n2026-09-21 to 2026-09-25", tooltip="Do test", color="#cc0000", penwidth=3];
  }
  subgraph cluster_2 {
    label="Phase side"; style="rounded,filled"; fillcolor=gray95;
    "phase:side" [shape=point, tooltip="Phase side"];
    "try/api" [label="try/api\ncore\n2026-09-09 to 2026-09-11", tooltip="Do try/api"];
  }
  subgraph cluster_3 {
    label="Phase wrap-up"; style="rounded,filled"; fillcolor=gray95;
    "phase:wrap-up" [shape=point, tooltip="Phase wrap-up"];
    "announce" [label="announce\ncore\n2026-09-28 to 2026-10-02", tooltip="Do announce", color="#cc0000", penwidth=3];
  }
  "open" -> "phase:work";
  "phase:work" -> "build/api";
  "phase:work" -> "build/cli";
  "open" -> "phase:side";
  "phase:side" -> "try/api";
  "test" -> "phase:wrap-up";
  "phase:wrap-up" -> "announce";
  "build/api" -> "build/web" [color="#cc0000", penwidth=3];
  "build/cli" -> "test";
  "build/web" -> "test" [color="#cc0000", penwidth=3];
  "build/api" -> "try/api";
  "open" -> "build/api" [color="#cc0000", penwidth=3];
  "test" -> "announce" [color="#cc0000", penwidth=3];
}
"##;
        assert_eq!(graph(&dated()), expected);
    }

    #[test]
    fn hostile_texts_stay_between_their_quotes() {
        let graph = graph(&hostile());
        let lines: Vec<&str> = graph.lines().filter(|line| line.contains("tooltip=")).collect();
        let first = r#"    "step-0" [label="step-0\n\"] --> x; click t1 \"javascript:alert(1)\" %% \"\n2026-09-01", tooltip="\"] --> x; click t1 \"javascript:alert(1)\" %% \""];"#;
        let last = r#"    "step-19" [label="step-19\n\\\" , \\N x\n2026-09-01", tooltip="\\\" , \\N x"];"#;
        assert_eq!((lines.len(), lines[0], lines[19]), (20, first, last));
    }
}

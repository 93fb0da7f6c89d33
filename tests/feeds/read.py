"""Reads the feed and the calendars of a built site with parsers that others made; says what is wrong with them."""

import pathlib
import sys
from datetime import date

import feedparser
from icalendar import Calendar

site = pathlib.Path(sys.argv[1])

feed = feedparser.parse(site.joinpath("feed.xml").read_bytes())
assert not feed.bozo, feed.bozo_exception
assert feed.version == "atom10", feed.version
assert feed.feed.title and feed.feed.id and feed.feed.updated, feed.feed
assert feed.entries, "the feed has no entry"
for entry in feed.entries:
    assert entry.id.startswith("urn:uuid:") and entry.title and entry.updated_parsed, entry
assert len({entry.id for entry in feed.entries}) == len(feed.entries), "two entries have one id"
days = [entry.updated_parsed for entry in feed.entries]
assert days == sorted(days, reverse=True), "the newest entry is the first"

events = alarms = 0
calendars = sorted(site.rglob("calendar.ics"))
assert site.joinpath("calendar.ics") in calendars, "there is no calendar of all"
for path in calendars:
    calendar = Calendar.from_ical(path.read_bytes())
    assert not calendar.errors, (path, calendar.errors)
    known = set()
    for event in calendar.walk("VEVENT"):
        events += 1
        assert not event.errors, (path, event.errors)
        first, end = event.decoded("DTSTART"), event.decoded("DTEND")
        assert type(first) is date and type(end) is date and first < end, (path, event)
        assert str(event["UID"]) not in known and event["DTSTAMP"] and event["SUMMARY"], (path, event)
        known.add(str(event["UID"]))
    for alarm in calendar.walk("VALARM"):
        alarms += 1
        assert alarm["ACTION"] == "DISPLAY" and alarm.decoded("TRIGGER").days in (-30, -7), (path, alarm)
assert alarms, "nothing has an alarm"
print(f"{len(feed.entries)} entries, {len(calendars)} calendars with {events} events and {alarms} alarms")

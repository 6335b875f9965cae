// Reads calendar files, a JSON array of texts on stdin, with ical.js; tells what it found as a JSON array.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(pathToFileURL(process.argv[2]));

function timeOf(event, name) {
  const value = event.component.getFirstPropertyValue(name);
  return value.isDate ? value.toString() : value.toJSDate().toISOString();
}

function shown(component) {
  const event = new ICAL.Event(component);
  return {
    names: component.getAllProperties().map((property) => property.name).sort(),
    uid: event.uid,
    sequence: event.sequence,
    summary: event.summary,
    location: component.getFirstPropertyValue("location") ?? "",
    description: component.getFirstPropertyValue("description") ?? "",
    starts: timeOf(event, "dtstart"),
    ends: timeOf(event, "dtend"),
  };
}

const found = JSON.parse(readFileSync(0, "utf-8")).map((text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(zone);
  }
  return {
    names: calendar.getAllProperties().map((property) => property.name).sort(),
    method: calendar.getFirstPropertyValue("method"),
    events: calendar.getAllSubcomponents("vevent").map(shown),
  };
});
process.stdout.write(JSON.stringify(found));

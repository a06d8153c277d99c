// One way to write each kind of value, whether it was FHIR's, HL7 v2's or the record's: two values are the same when these texts are.
// '' is no value.

/**
 * A date or time of FHIR ("2014-10-06T06:27:00+07:00"), of HL7 ("20141006062700+0700") or of a record ("201410052327", in UTC) in UTC
 * to the second, with the fraction if there is one; a date without a time as it is. What cannot be read: as it is.
 */
export function instant(text) {
  if (!text) return '';
  const hl7 = /^(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)(\d\d)?(\.\d+)?)?([+-]\d{4})?$/.exec(text);
  const fhir = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/.exec(text);
  const [, year, month, day, hour, minute, second, fraction, zone] = hl7 ?? fhir ?? [];
  if (!year) return text;
  if (hour === undefined) return [year, month, day].filter(Boolean).join('-');
  const offset = !zone || zone === 'Z' ? 0 : Number(`${zone[0]}1`) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
  const time = Date.UTC(year, month - 1, day, hour, Number(minute) - offset, second ?? 0);
  const part = (fraction ?? '').replace(/0+$/, '').replace(/^\.$/, '');
  return `${new Date(time).toISOString().slice(0, 19)}${part}Z`;
}

export const words = (parts) => (parts ?? []).flatMap((part) => (part ?? '').split(/\s+/)).filter(Boolean).join(' ');

/** family|given|prefix|suffix of a HumanName. */
export function humanName(name) {
  return name ? [words([name.family]), words(name.given), words(name.prefix), words(name.suffix)].join('|').replace(/^\|*$/, '') : '';
}

/** The same of a DICOM person name (family^given^middle^prefix^suffix), its first group. */
export function personName(text) {
  const [family, given, middle, prefix, suffix] = (text ?? '').split('=')[0].split('^');
  return humanName({ family, given: [given, middle], prefix: [prefix], suffix: [suffix] });
}

const genders = { M: 'male', F: 'female', O: 'other', '': '' };
export const gender = (sex) => genders[sex ?? ''] ?? sex;

const urgencies = { STAT: 'stat', URGENT: 'urgent', ROUTINE: 'routine', '': '' };
export const priority = (urgency) => urgencies[urgency ?? ''] ?? urgency;

const orderStates = { ORDERED: 'active', SCHEDULED: 'active', IN_PROGRESS: 'active', COMPLETED: 'completed', CANCELLED: 'revoked' };

/** ServiceRequest.status of an order record; hold: it is held. */
export const requestStatus = (status, hold) => (hold === 'Y' ? 'on-hold' : (orderStates[status ?? ''] ?? status ?? ''));

/** An address in one line, as words. */
export const address = (value) => (value ? words([...(value.line ?? []), value.city, value.state, value.postalCode, value.country]) : '');

/** The same of a record, where commas separate the parts. */
export const addressText = (text) => words((text ?? '').split(','));

/** A telephone number by its digits, anything else (mail) as it is. */
export const contact = (text) => (/[@a-z]/i.test(text ?? '') ? text : (text ?? '').replace(/\D/g, ''));

// What a converter keeps as extensions of a ContactPoint: country, area and local number.
const partOf = (point, part) => (point.extension ?? []).find(({ url }) => url.endsWith(`/contactpoint-${part}`))?.valueString ?? '';

/** The number or address of a ContactPoint; '' where the Bundle does not have it. */
export const contactPoint = (point) => contact(point.value ?? ['country', 'area', 'local'].map((part) => partOf(point, part)).join(''));

const schemes = {
  'http://loinc.org': 'LN',
  'http://snomed.info/sct': 'SCT',
  'http://www.ama-assn.org/go/cpt': 'C4',
  'http://hl7.org/fhir/sid/icd-10': 'I10',
};

/** code|scheme|text of the first coding; a scheme by its HL7 name where it has one. */
export function coding(concept) {
  const first = concept?.coding?.[0];
  if (!first) return concept?.text ? `||${concept.text}` : '';
  const scheme = schemes[first.system] ?? (first.system ?? '').split('/').at(-1);
  return [first.code ?? '', scheme, (first.display ?? concept.text ?? '').trim()].join('|');
}

export const codedText = (code, scheme, text) => (code || text ? [code ?? '', scheme ?? '', text ?? ''].join('|') : '');

/** The name of whom an Identifier.system or an assigning authority stands for: "…/Identifier/GHH-OE", "urn:oid:1.2.3", "GHH OE". */
export const authority = (system) => (system ?? '').replace(/^.*\/Identifier\//, '').replace(/^urn:(oid|uuid):/, '').replace(/[^A-Za-z0-9.]+/g, '-');

/** What an Observation says, in one line: its value with its unit. */
export function observed(observation) {
  const { valueQuantity: quantity, valueRange: range, valueRatio: ratio, valueCodeableConcept: concept } = observation;
  if (quantity) return [`${quantity.comparator ?? ''}${quantity.value ?? ''}`, quantity.unit ?? quantity.code ?? ''].join(' ').trim();
  if (range) return `${range.low?.value ?? ''} - ${range.high?.value ?? ''}`;
  if (ratio) return `${ratio.numerator?.value ?? ''}:${ratio.denominator?.value ?? ''} ${ratio.numerator?.unit ?? ''}`.trim();
  if (concept) return concept.coding?.[0]?.display ?? concept.text ?? concept.coding?.[0]?.code ?? '';
  if (observation.valueDateTime) return instant(observation.valueDateTime);
  return observation.valueString ?? observation.valueTime ?? observation.valueDate ?? '';
}

/** A line of a report without the name in front, its date and time (2023-05-01 10:25:31 -0400) as `instant` writes it. */
export function lineValue(line, name) {
  const text = name && line.startsWith(`${name}: `) ? line.slice(name.length + 2) : line;
  const [, date, time, zone] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d{4})$/.exec(text) ?? [];
  return date ? instant(`${date}T${time}${zone.slice(0, 3)}:${zone.slice(3)}`) : text;
}

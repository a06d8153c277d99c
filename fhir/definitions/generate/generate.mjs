// Writes ../types.json, ../codes.json and ../search_parameters.json. What it takes from where is told in ../README.md.
import fs from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const packaged = (name) => path.join(here, 'node_modules', name);
const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
const resources = (name, type) => fs.readdirSync(packaged(name)).filter((file) => file.startsWith(`${type}-`) && file.endsWith('.json'))
    .map((file) => read(path.join(packaged(name), file)));
const last = (url) => url.slice(url.lastIndexOf('/') + 1);

const mostCodes = 400;  // a value set with more is a terminology, and checked by its syntax only
const bySyntax = new Set(['mimetypes']);  // no list of codes, but a rule
const projected = ['Patient', 'Practitioner', 'Organization', 'Location', 'Encounter', 'ServiceRequest', 'Task', 'Appointment', 'ImagingStudy',
    'DiagnosticReport', 'Observation', 'Endpoint', 'Provenance', 'AuditEvent', 'Subscription', 'Binary', 'Bundle', 'OperationOutcome'];
const everywhere = ['Resource', 'DomainResource'];

// --- types

const structures = resources('hl7.fhir.r4.examples', 'StructureDefinition')
    .filter((one) => one.kind !== 'logical' && (one.derivation === 'specialization' || !one.derivation) && one.id !== 'MetadataResource');
const kindOf = (one) => (one.abstract ? 'abstract' : {'primitive-type': 'primitive', 'complex-type': 'complex', resource: 'resource'}[one.kind]);

// Element.id and the like are FHIRPath's own strings; an extension says which type of FHIR they are.
function typeCode(element, type) {
    if (element.path === 'Resource.id') return 'id';
    if (type.code.startsWith('http://hl7.org/fhirpath/')) return type.extension.find((one) => one.url.endsWith('fhir-type')).valueUrl;
    return type.profile?.some((url) => last(url) === 'SimpleQuantity') ? 'SimpleQuantity' : type.code;
}

function typeText(element, backbone) {
    if (element.contentReference) return element.contentReference.slice(1);
    if (backbone.has(element.path)) return element.path;
    return element.type.map((type) => {
        const targets = (type.targetProfile ?? []).map(last).filter((name) => name !== 'Resource');
        return typeCode(element, type) + (targets.length ? `(${targets.join(',')})` : '');
    }).join('|');
}

const valueSets = new Map(resources('hl7.fhir.r4.expansions', 'ValueSet').map((one) => [one.url, one]));
const used = new Map();

function codesOf(set) {
    const systems = {};
    const walk = (list) => {
        for (const one of list ?? []) {
            if (!one.abstract) (systems[one.system] ??= []).push(one.code);
            walk(one.contains);
        }
    };
    walk(set.expansion.contains);
    return systems;
}

function bindingOf(element) {
    if (element.binding?.strength !== 'required') return '';
    const url = element.binding.valueSet.split('|')[0];
    if (bySyntax.has(last(url))) {
        used.set(last(url), {});
        return last(url);
    }
    const set = valueSets.get(url);
    if (!set?.expansion?.contains) return '';
    const systems = codesOf(set);
    const count = Object.values(systems).flat().length;
    if (count === 0 || count > mostCodes) return '';
    used.set(set.id, systems);
    return set.id;
}

const flagsOf = (element) => (element.isSummary ? 'S' : '') + (element.isModifier ? 'M' : '') +
    (element.representation?.includes('xmlAttr') ? 'A' : '');

function rowOf(element, backbone) {
    const row = [last(element.path.replace(/\./g, '/')), `${element.min}..${element.max}`, typeText(element, backbone)];
    const [flags, binding] = [flagsOf(element), bindingOf(element)];
    if (flags || binding) row.push(flags);
    if (binding) row.push(binding);
    return row;
}

// A type for every structure and for every element that has elements of its own ("ImagingStudy.series").
function addTypes(structure, into) {
    const elements = structure.snapshot.element;
    const parents = new Set(elements.map((one) => one.path.slice(0, one.path.lastIndexOf('.'))).filter((one) => one.includes('.')));
    const kind = kindOf(structure);
    const base = structure.baseDefinition ? last(structure.baseDefinition) : '';
    into[structure.id] = {kind, base, elements: []};
    for (const element of elements.slice(1)) {
        const parent = element.path.slice(0, element.path.lastIndexOf('.'));
        if (parents.has(element.path)) into[element.path] = {kind: 'part', base: last(element.type[0].code), elements: []};
        const inherited = element.base.path !== element.path;
        if (inherited || (kind === 'primitive' && element.path.endsWith('.value'))) continue;
        into[parent].elements.push(rowOf(element, parents));
    }
}

// --- search parameters

function searchParameters() {
    const rows = resources('hl7.fhir.r4.examples', 'SearchParameter')
        .filter((one) => one.url.startsWith('http://hl7.org/fhir/SearchParameter/') && one.version === '4.0.1')
        .filter((one) => !one.expression?.includes('.extension('))  // of extensions: not on the pages of the resources
        .flatMap((one) => (one.base ?? []).filter((base) => projected.includes(base) || everywhere.includes(base)).map((base) => [base, one]));
    const out = {};
    for (const [base, one] of rows.sort((a, b) => a[1].code.localeCompare(b[1].code, 'en'))) {
        const row = [one.code, one.type, expressionFor(base, one.expression ?? ''), (one.target ?? []).join(','), (one.comparator ?? []).join(','), one.url];
        (out[base] ??= []).push(row);
    }
    return out;
}

// One parameter of several types is written with the expressions of all of them.
function expressionFor(base, expression) {
    if (everywhere.includes(base)) return expression;
    const own = splitUnion(expression).filter((part) => new RegExp(`^\\(?${base}\\b`).test(part) || !/^\(?[A-Z]/.test(part));
    return own.join(' | ');
}
function splitUnion(expression) {
    const parts = [];
    let depth = 0, start = 0;
    for (let i = 0; i < expression.length; ++i) {
        if (expression[i] === '(') ++depth;
        if (expression[i] === ')') --depth;
        if (expression[i] === '|' && depth === 0) {
            parts.push(expression.slice(start, i).trim());
            start = i + 1;
        }
    }
    return [...parts, expression.slice(start).trim()].filter(Boolean);
}

// --- files

const line = (row) => `[${row.map((value) => JSON.stringify(value)).join(', ')}]`;
const block = (list) => (list.length ? `[\n${list.map((row) => `  ${line(row)}`).join(',\n')}]` : '[]');
const members = (object, text) => Object.keys(object).sort().map((key) => ` ${JSON.stringify(key)}: ${text(object[key])}`).join(',\n');
const write = (name, text) => fs.writeFileSync(path.join(here, '..', name), text);

const types = {};
for (const structure of structures) addTypes(structure, types);
types.SimpleQuantity = {kind: 'complex', base: 'Quantity', elements: []};
write('types.json', `{"version": "4.0.1",\n"types": {\n${
    members(types, (type) => `{"kind": "${type.kind}", "base": "${type.base}", "elements": ${block(type.elements)}}`)}}}\n`);
write('codes.json', `{"version": "4.0.1",\n"value sets": {\n${members(Object.fromEntries(used), (systems) =>
    `{${Object.entries(systems).map(([system, codes]) => `\n  ${JSON.stringify(system)}: ${JSON.stringify(codes)}`).join(',')}}`)}}}\n`);
write('search_parameters.json', `{"version": "4.0.1",\n"search parameters": {\n${members(searchParameters(), block)}}}\n`);

// The packages as one shape each, so that generate.mjs and compare.mjs read them alike. Nothing is corrected here.
import {createRequire} from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

const require = createRequire(import.meta.url);

export const versions = ['2.1', '2.2', '2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6', '2.7', '2.7.1', '2.8'];

// hl7-dictionary: structures, segments and data types of 2.1 to 2.7.1; tables without a version.
export const dictionary = require('hl7-dictionary');

// hl7v2-dictionary: made from the one above, with table numbers added; its 2.8 is a copy of 2.7.1.
export const {dictionaries: tabled} = await import('hl7v2-dictionary');

// node-hl7-client: segments with usage per version, of another origin; data types of the newest version alone.
const packages = path.join(import.meta.dirname, 'node_modules');
const usageModule = pathToFileURL(path.join(packages, 'node-hl7-client', 'lib', 'esm', 'hl7.mjs'));
export const {SEGMENT_SPECS: usage, DATA_TYPES: newestTypes} = await import(usageModule.href);

// HL7's own terminology package: the tables of version 2, and of each whether HL7 or the user defines it.
const terminology = path.join(packages, 'hl7.terminology.r4');
const resource = (name) => JSON.parse(fs.readFileSync(path.join(terminology, name), 'utf8'));
const allTables = fs.readdirSync(terminology).filter((name) => /^CodeSystem-v2-\d{4}\.json$/.test(name)).map(resource);
export const terminologyTables = () => allTables;
// Tables that borrow values: those of ValueSet v2-0125 are the codes of table 0440.
export const valueSets = () =>
    fs.readdirSync(terminology).filter((name) => /^ValueSet-v2-\d{4}\.json$/.test(name)).map(resource);
export const tableIndex = () => resource('CodeSystem-v2-tables.json').concept;

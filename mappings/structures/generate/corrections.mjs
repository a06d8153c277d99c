// What the packages have wrong or lack. The chapters named say where the standard treats it; the corrections rest on the other packages
// and on public descriptions, and were not read off the chapters themselves.
import {walk} from './notation.mjs';

// Usage where the two sources disagree whether a field is required. All others of that kind become optional: a message
// must not be refused for what one source alone says.
export const usage = {
    '2.2': {'OBR-4': 'R'},                // HL7 v2.2 chapter 4, OBR attributes
    '2.3': {'EVN-2': 'R', 'PR1-3': 'R', 'PR1-5': 'R'},   // HL7 v2.3 3.3.1, 6.4.5
    '2.3.1': {'ORC-1': 'R', 'CTD-1': 'R'},               // HL7 v2.3.1 4.3.1, 11.5.4
};

// Fields a version does not have: the dictionary's 2.7 is that of 2.7.1, which added OBR-54 (HL7 v2.7.1 4.5.3.54).
export const lastField = {'2.7': {OBR: 53}};

// Lengths that the field's own table does not fit: OBX-2 had 2 until 2.5.1, and codes of three letters (HL7 v2.6 7.4.2.2).
export const lengths = {'OBX-2': 3};

// Fields that 2.8 added and that repeat (HL7 v2.8 chapters 4, 6, 7, 8, 11, 17); the package does not say.
export const repeating28 = new Set(['ACC-13', 'AUT-16', 'AUT-17', 'AUT-27', 'AUT-28', 'RF1-14', 'RF1-23', 'RF1-24', 'OM1-49',
    'OM1-50', 'OM1-51', 'OM4-15', 'OM4-18', 'RXV-18', 'DON-12', 'DON-13', 'DON-14', 'DON-27', 'DON-32', 'DON-33', 'BUI-11']);

// Segments that are made up, site-defined, or not yet there (PD1 came with 2.3).
export const notSegments = new Set(['Hxx', 'Zxx', 'ZL7', 'ED', '2.1 PD1']);

// Data types the dictionary calls otherwise than the standard.
export const typeNames = {VARIES: 'Varies'};

// A choice that lost its segments (HL7 v2.7 11.6, CCM^I21), by how many it had.
export const lostChoices = {
    2: ['ROL', 'PRD'],
    4: ['AIS', 'AIG', 'AIL', 'AIP'],
    12: ['OBR', 'ODS', 'PR1', 'RF1', 'AL1', 'IAM', 'ACC', 'RMI', 'DB1', 'DG1', 'DRG', 'PDA'],
};

// Structures that cannot be used: a place for any segment (HL7 v2.3 8.4.1).
export const unusable = new Set(['2.3 MFN_M01']);

// Events that got a structure of their own after table 0354 was taken down (HL7 v2.7 3.3.44).
export const ownStructure = new Set(['2.7 ADT_A44', '2.7.1 ADT_A44', '2.8 ADT_A44']);

// Structures of 2.6 that the dictionary has twice: under their name as drafted, with the cardinality of groups lost, and as
// published under a name with the digit 0 for the letter O (HL7 v2.6 chapter 4, OMG, OML, ORB).
export const publishedAs = {
    '2.6': {OMG_O19: 'OMG_019', OML_O21: 'OML_021', OML_O33: 'OML_033', OML_O35: 'OML_035', ORB_O28: 'ORB_028'},
};

// Groups whose name was lost: those of MDM (HL7 v2.7 9.6).
export const groupNames = {GROUP: 'OBSERVATION'};

// Structures whose first segments were lost (HL7 v2.6 chapters 4 and 8).
export const heads = {
    '2.6': {OMG_O19: 'MSH [{SFT}] ', ORR_O02: 'MSH ', MFR_M04: 'MSH [{SFT}] [UAC] MSA [{ERR}] [QAK] '},
};

// Structures whose groups lost their cardinality (HL7 v2.6 4.4.9, 4.14.3): it is that of 2.5.1.
export const lostCardinality = {'2.6': ['ORI_O24', 'RSP_Z82']};
export function restoreCardinality(nodes, earlier) {
    const known = new Map([...walk(earlier)].filter((node) => node.children).map((node) => [node.id, node]));
    for (const node of walk(nodes)) {
        const before = node.children && node.min === 1 && node.max === 1 ? known.get(node.id) : undefined;
        if (before) Object.assign(node, {min: before.min, max: before.max});
    }
}

// What 2.8 added to the orders and results of its chapters 4 and 7: PRT after ORC, and ARV in the group of the patient.
const participation28 = /^(OM[BDL]|OR[LNPS]|OUL|BPS|BRP|BRT|BTS|VXU)_/, access28 = /^(OM[BDL]|OR[LNS]|OUL|BPS|BRP)_/;
export function addParticipation(id, nodes) {
    const insert = (list, after, added) => {
        const at = list.findIndex((node) => node.id === after);
        if (at >= 0 && list[at + 1]?.id !== added) list.splice(at + 1, 0, {id: added, min: 0, max: 0});
    };
    for (const group of [...walk(nodes)].filter((node) => node.children)) {
        if (participation28.test(id)) insert(group.children, 'ORC', 'PRT');
        const last = ['NK1', 'PRT', 'PD1', 'PID'].find((name) => group.children.some((node) => node.id === name));
        if (access28.test(id) && /^PATIENT(_PRIOR)?$/.test(group.id)) insert(group.children, last, 'ARV');
    }
}

// Structures of 2.8, where the package repeats 2.7.1; compared with a public description of 2.8 (crs4/hl7apy).
const insurance28 = '[{INSURANCE: IN1 [IN2] [{IN3}] [{ROL}] [{AUT}] [{RF1}]}]';
const procedure28 = '[{PROCEDURE: PR1 [{ROL}]}]';
const timing = '[{TIMING: TQ1 [{TQ2}]}]';
const visit28 = (name) => `[${name}: PV1 [PV2] [{PRT}]]`;
const orderInsurance = '[{INSURANCE: IN1 [IN2] [IN3]}]';
const observation28 = '[{OBSERVATION: OBX [{PRT}] [{NTE}]}]';
const patient = 'EVN PID [PD1] [{ARV}] [{ROL}]';
const header = 'MSH [{SFT}] [UAC]';
export const structures = {
    // OBX repeats in every MDM^T02 and its kind, and DRG may be left out (HL7 v2.3.1 9.5.2, 3.2.38).
    '2.3.1': {
        MDM_T04: 'MSH EVN PID PV1 TXA {OBX}',
        ADT_A38: 'MSH EVN PID [PD1] PV1 [PV2] [{DB1}] [{OBX}] [{DG1}] [DRG]',
    },
    '2.8': {
        ADT_A01: `${header} ${patient} [{NK1}] PV1 [PV2] [{ARV}] [{ROL}] [{DB1}] [{OBX}] [{AL1}] [{DG1}] [DRG] ${procedure28} [{GT1}] ${insurance28} [ACC] [UB1] [UB2] [PDA]`,
        ADT_A03: `${header} ${patient} [{NK1}] PV1 [PV2] [{ARV}] [{ROL}] [{DB1}] [{AL1}] [{DG1}] [DRG] ${procedure28} [{OBX}] [{GT1}] ${insurance28} [ACC] [PDA]`,
        ADT_A05: `${header} ${patient} [{NK1}] PV1 [PV2] [{ARV}] [{ROL}] [{DB1}] [{OBX}] [{AL1}] [{DG1}] [DRG] ${procedure28} [{GT1}] ${insurance28} [ACC] [UB1] [UB2]`,
        ADT_A16: `${header} ${patient} [{NK1}] PV1 [PV2] [{ARV}] [{ROL}] [{DB1}] [{OBX}] [{AL1}] [{DG1}] [DRG] ${procedure28} [{GT1}] ${insurance28} [ACC]`,
        OMG_O19: `${header} [{NTE}] [PATIENT: PID [PD1] [{PRT}] [{NTE}] [{NK1}] [{ARV}] ${visit28('PATIENT_VISIT')} ${orderInsurance} [GT1] [{AL1}]] {ORDER: ORC [{PRT}] ${timing} OBR [{NTE}] [{PRT}] [CTD] [{DG1}] ${observation28} [{SPECIMEN: SPM [{SPECIMEN_OBSERVATION: OBX [{PRT}]}] [{CONTAINER: SAC [{CONTAINER_OBSERVATION: OBX [{PRT}]}]}]}] [{PRIOR_RESULT: [PATIENT_PRIOR: PID [PD1] [{ARV}] [{PRT}]] ${visit28('PATIENT_VISIT_PRIOR')} [{AL1}] {ORDER_PRIOR: ORC [{PRT}] OBR [{TIMING_PRIOR: TQ1 [{TQ2}]}] [{NTE}] [{PRT}] [CTD] {OBSERVATION_PRIOR: OBX [{PRT}] [{NTE}]}}}] [{FT1}] [{CTI}] [BLG]}`,
        OMI_O23: `${header} [{NTE}] [PATIENT: PID [PD1] [{PRT}] [{ARV}] [{NTE}] ${visit28('PATIENT_VISIT')} ${orderInsurance} [GT1] [{AL1}]] {ORDER: ORC [{PRT}] ${timing} OBR [{NTE}] [{PRT}] [CTD] [{DG1}] ${observation28} {IPC}}`,
        ORU_R01: `${header} {PATIENT_RESULT: [PATIENT: PID [PD1] [{PRT}] [{NTE}] [{NK1}] [{ARV}] [{PATIENT_OBSERVATION: OBX [{PRT}]}] ${visit28('VISIT')}] {ORDER_OBSERVATION: [COMMON_ORDER: ORC [{PRT}] [ORDER_DOCUMENT: OBX [{PRT}] TXA]] OBR [{NTE}] [{PRT}] [{TIMING_QTY: TQ1 [{TQ2}]}] [CTD] ${observation28} [{FT1}] [{CTI}] [{SPECIMEN: SPM [{SPECIMEN_OBSERVATION: OBX [{PRT}]}]}]}} [DSC]`,
    },
};

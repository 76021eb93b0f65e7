// SPDX-License-Identifier: Apache-2.0
// node spec.mjs SALVE SHARE FOLDER ROWS - a second, independent reading of the sources of each guideline, in plain JavaScript
// and exact fractions, against the CQL. For every vector family it makes ROWS rows (seeded: the same ones each time) that
// crowd around the limits, with empty cells and values out of range, writes them to FOLDER/<family>.csv with what this
// reading expects, and has Salve run them as vectors. A disagreement is settled from the text of the source.
// It shares no text and no table with the guidelines. Where a source does not say which of two reasons for no result
// comes first, it is the missing input (docs/internals/guideline.md). Rows that doubles cannot tell (a power on a
// rounding tie) are not made.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [salve, share, folder, rowsText] = process.argv.slice(2);
const ROWS = Number(rowsText);

// --- exact fractions --------------------------------------------------------------------------------------------------
const gcd = (a, b) => { while (b) [a, b] = [b, a % b]; return a < 0n ? -a : a; };
class Q {
    constructor(n, d = 1n) { if (d < 0n) { n = -n; d = -d; } const g = gcd(n, d) || 1n; this.n = n / g; this.d = d / g; }
    static of(x) {
        if (x instanceof Q) return x;
        const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(x));
        return new Q(BigInt(sign + whole + part) , 10n ** BigInt(part.length));
    }
    add(x) { x = Q.of(x); return new Q(this.n * x.d + x.n * this.d, this.d * x.d); }
    sub(x) { x = Q.of(x); return new Q(this.n * x.d - x.n * this.d, this.d * x.d); }
    mul(x) { x = Q.of(x); return new Q(this.n * x.n, this.d * x.d); }
    div(x) { x = Q.of(x); return new Q(this.n * x.d, this.d * x.n); }
    cmp(x) { x = Q.of(x); const a = this.n * x.d, b = x.n * this.d; return a < b ? -1 : a > b ? 1 : 0; }
    lt(x) { return this.cmp(x) < 0; }
    le(x) { return this.cmp(x) <= 0; }
    gt(x) { return this.cmp(x) > 0; }
    ge(x) { return this.cmp(x) >= 0; }
    // Half up, ties away from zero (docs/internals/guideline.md).
    round(digits) {
        const scale = 10n ** BigInt(digits), n = (this.n < 0n ? -this.n : this.n) * scale * 2n + this.d;
        const k = n / (2n * this.d);
        return new Q(this.n < 0n ? -k : k, scale);
    }
    trunc() { return new Q(this.n / this.d); }
    text(digits) {
        const k = this.round(digits), scale = 10n ** BigInt(digits), all = k.n * (scale / k.d);
        const abs = String(all < 0n ? -all : all).padStart(digits + 1, '0');
        return (all < 0n ? '-' : '') + (digits ? abs.slice(0, -digits) + '.' + abs.slice(-digits) : abs);
    }
    num() { return Number(this.text(15)); }
}
const q = x => x === '' ? null : Q.of(x);

// --- chance, always the same ------------------------------------------------------------------------------------------
let state;
function chance() { // mulberry32
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const int = (low, high) => low + Math.floor(chance() * (high - low + 1));
const pick = (...list) => list[int(0, list.length - 1)];
const sometimes = (share, value) => chance() < share ? '' : value;
// A number with so many digits: half of the time within a few steps of a limit, else anywhere in the range.
function near(low, high, digits, limits) {
    const scale = 10 ** digits;
    const units = chance() < 0.5 && limits.length > 0 ? Math.round(Number(pick(...limits)) * scale) + int(-2, 2)
        : int(Math.round(low * scale), Math.round(high * scale));
    return new Q(BigInt(units), BigInt(scale)).text(digits);
}
const yesno = () => pick('yes', 'no');
const maybe = make => sometimes(0.04, make());

// The category whose lower bound (included) holds the value: steps = [name, bound, name, bound, ..., name].
function upwards(value, steps) {
    if (value === null) return '';
    let name = steps[0];
    for (let i = 1; i < steps.length; i += 2) if (value.ge(steps[i])) name = steps[i + 1];
    return name;
}
// The category whose upper bound (included) holds the value.
function upTo(value, steps) {
    if (value === null) return '';
    for (let i = 0; i + 1 < steps.length; i += 2) if (value.le(steps[i + 1])) return steps[i];
    return steps.at(-1);
}

// --- families: columns, a row, what is expected of it; null: another row is made ----------------------------------
const families = {};

families.bmi = {
    inputs: ['height_cm', 'weight_kg'],
    make() {
        const height = pick('200', near(140, 205, 1, []), near(50, 272, 0, [100, 150, 160, 170, 180, 200]));
        const bound = pick('13', '16', '17', '18.5', '23', '25', '27.5', '30', '35', '40', '60');
        const exact = Q.of(bound).mul(height).mul(height).div(10000);
        const weight = chance() < 0.6 ? exact.add(new Q(BigInt(int(-30, 30)), pick(1000n, 100n))).text(pick(1, 2, 3)) : near(2, 300, 1, []);
        return [height, weight].map(v => maybe(() => v));
    },
    expect(h, w) {
        h = q(h); w = q(w);
        const bmi = h && w ? w.mul(10000).div(h.mul(h)).round(2) : null;
        return { exp_bmi: bmi ? bmi.text(2) : '',
            exp_who: upwards(bmi, ['severe-thinness', 16, 'moderate-thinness', 17, 'mild-thinness', '18.5', 'normal', 25, 'pre-obese', 30, 'obese-1', 35, 'obese-2', 40, 'obese-3']),
            exp_asian_action: upwards(bmi, ['underweight', '18.5', 'acceptable', 23, 'increased', '27.5', 'high']),
            exp_urgency: upwards(bmi, ['same-day', 13, 'soon', 16, 'routine', '18.5', 'none', 25, 'self-care', 30, 'routine', 60, 'soon']) };
    } };

families.waist = {
    inputs: ['sex', 'waist_cm'],
    make: () => [maybe(() => pick('male', 'female')), maybe(() => near(40, 200, pick(0, 1, 2), [80, 88, 94, 102]))],
    expect(sex, w) {
        w = q(w)?.round(1) ?? null;
        const steps = { male: ['normal', 94, 'increased', 102, 'substantially-increased'], female: ['normal', 80, 'increased', 88, 'substantially-increased'] }[sex];
        return { exp_category: steps ? upTo(w, steps) : '' };
    } };

families.whtr = {
    inputs: ['waist_cm', 'height_cm', 'bmi'],
    make() {
        const height = pick('200', near(140, 205, 1, []));
        const waist = chance() < 0.6 ? Q.of(pick('0.395', '0.4', '0.495', '0.5', '0.595', '0.6')).mul(height).add(new Q(BigInt(int(-3, 3)), 10n)).text(1) : near(40, 200, 1, []);
        return [maybe(() => waist), maybe(() => height), sometimes(0.1, near(15, 50, 2, ['35']))];
    },
    expect(w, h, bmi) {
        w = q(w); h = q(h); bmi = q(bmi);
        const ratio = w && h ? w.div(h).round(2) : null;
        if (!ratio) return { exp_whtr: '', exp_category: '' }; // whatever the BMI: missing first
        return { exp_whtr: ratio.text(2),
            exp_category: bmi && bmi.round(2).ge(35) ? 'not-applicable' : upwards(ratio, ['below-range', '0.4', 'healthy', '0.5', 'increased', '0.6', 'high']) };
    } };

families.bp_average = {
    inputs: ['s1', 'd1', 's2', 'd2', 's3', 'd3', 's4', 'd4'],
    make() {
        const n = int(0, 4), cells = [];
        let s = int(90, 190);
        for (let i = 0; i < 4; i++) {
            s += pick(-12, -11, -10, -9, 0, 1, 2, 9, 10, 11, 12);
            cells.push(...(i < n ? [String(s), String(int(50, 115))] : ['', '']));
        }
        return cells;
    },
    expect(...c) {
        const list = [];
        for (let i = 0; i < 8; i += 2) if (c[i] !== '' && c[i + 1] !== '') list.push([q(c[i]), q(c[i + 1])]);
        if (list.length === 0) return { exp_sbp: '', exp_dbp: '', exp_used: '0', exp_status: 'no-reading' };
        const used = list.slice(-2), mean = k => used.reduce((sum, r) => sum.add(r[k]), Q.of(0)).div(used.length).round(0);
        const apart = used.length === 2 ? used[1][0].sub(used[0][0]) : Q.of(0);
        const far = apart.gt(10) || apart.lt(-10);
        return { exp_sbp: mean(0).text(0), exp_dbp: mean(1).text(0), exp_used: String(used.length),
            exp_status: list.length === 1 ? 'single-reading' : far && list.length < 4 ? 'take-another' : 'ok' };
    } };

families.bp_category = {
    inputs: ['sbp', 'dbp', 'symptoms', 'pregnant', 'postpartum'],
    make: () => [near(60, 240, 0, [90, 120, 130, 140, 160, 180]), near(30, 140, 0, [50, 70, 80, 90, 100, 110, 120]), yesno(), pick('yes', 'no', 'no'), pick('yes', 'no', 'no')],
    expect(s, d, symptoms, pregnant, postpartum) {
        s = Number(s); d = Number(d);
        const yes = symptoms === 'yes', obstetric = pregnant === 'yes' || postpartum === 'yes';
        const from = (x, y) => s >= x || d >= y;
        return {
            exp_esc2024: from(140, 90) ? 'hypertension' : from(120, 70) ? 'elevated' : 'non-elevated',
            exp_accaha2025: from(140, 90) ? 'stage-2' : from(130, 80) ? 'stage-1' : s >= 120 ? 'elevated' : 'normal',
            exp_accaha_severe: s > 180 || d > 120 ? 'yes' : 'no',
            exp_hearts: from(140, 90) ? 'raised' : 'not-raised',
            exp_action: obstetric && from(160, 110) ? 'emergency-now' : obstetric && from(140, 90) && yes ? 'emergency-now'
                : from(180, 110) && yes ? 'emergency-now' : from(180, 110) ? 'same-day' : obstetric && from(140, 90) ? 'same-day'
                : from(160, 100) ? 'confirm-within-1-month' : from(140, 90) ? 'confirm-out-of-office' : s < 90 || d < 50 ? 'low-review' : 'routine' };
    } };
families.bp_elevated = {
    inputs: ['scheme', 'sbp', 'dbp', 'high_risk', 'risk_pct'],
    make: () => [pick('ESC2024', 'ACCAHA2025'), near(100, 150, 0, [120, 130, 140]), near(55, 100, 0, [70, 80, 90]), sometimes(0.3, yesno()),
        sometimes(0.3, near(0, 30, pick(0, 1, 2), ['7.5', '7.45', 10, '9.95']))],
    expect(scheme, s, d, condition, risk) {
        s = Number(s); d = Number(d);
        const esc = scheme === 'ESC2024', percent = q(risk)?.round(1) ?? null;
        if (s >= 140 || d >= 90) return { exp_action: 'not-here' };
        if (s < 120 && d < (esc ? 70 : 80)) return { exp_action: 'routine' };
        if (s < 130 && d < 80) return { exp_action: 'lifestyle' };
        if (condition === 'yes' || percent !== null && percent.ge(esc ? 10 : '7.5')) return { exp_action: 'treatment-talk' };
        return { exp_action: condition === '' || percent === null ? 'ask-risk' : 'lifestyle' };
    } };

// Lower limits of the two ranges, by test and unit; the unit gives the decision precision.
const sugar = { 'hba1c %': ['5.7', '6.5'], 'hba1c mmol/mol': [39, 48], 'fpg mg/dL': [100, 126], 'fpg mmol/L': ['5.6', 7],
    'ogtt2h mg/dL': [140, 200], 'ogtt2h mmol/L': ['7.8', '11.1'], 'random mg/dL': [null, 200], 'random mmol/L': [null, '11.1'] };
const precision = { '%': 1, 'mmol/mol': 0, 'mg/dL': 0, 'mmol/L': 1 };
function sugarRange(test, value, unit) {
    const limits = sugar[`${test} ${unit}`];
    if (!limits || value === '') return '';
    const v = q(value).round(precision[unit]);
    return v.ge(limits[1]) ? 'diabetes-range' : limits[0] !== null && v.ge(limits[0]) ? 'prediabetes-range' : 'below';
}
function sugarValue() {
    const [test, unit] = pick(...Object.keys(sugar)).split(' '), limits = sugar[`${test} ${unit}`].filter(x => x !== null);
    const span = { '%': [3, 14], 'mmol/mol': [15, 130], 'mg/dL': [40, 400], 'mmol/L': [2, 25] }[unit];
    return [test, near(...span, precision[unit] + int(0, 2), limits), unit];
}
families.glycaemia_range = {
    inputs: ['test', 'value', 'unit'],
    make() { const [t, v, u] = sugarValue(); return [t, maybe(() => v), chance() < 0.03 ? pick('', 'g/L') : u]; },
    expect: (test, value, unit) => ({ exp_range: sugarRange(test, value, unit) }) };

families.glycaemia_conclusion = {
    inputs: ['test1', 'value1', 'unit1', 'day1', 'test2', 'value2', 'unit2', 'day2', 'test3', 'value3', 'unit3', 'day3', 'symptoms'],
    make() {
        const n = int(0, 3), cells = [];
        for (let i = 0; i < 3; i++) cells.push(...(i < n ? [...sugarValue(), pick('d1', 'd2', 'd3')] : ['', '', '', '']));
        return [...cells, yesno()];
    },
    expect(...c) {
        const found = [];
        for (let i = 0; i < 12; i += 4)
            if (c[i] !== '') found.push({ test: c[i], day: c[i + 3], range: sugarRange(c[i], c[i + 1], c[i + 2]) });
        const high = found.filter(f => f.range === 'diabetes-range'), random = high.filter(f => f.test === 'random');
        const lab = high.filter(f => f.test !== 'random'), lower = found.filter(f => f.range !== 'diabetes-range' && f.range !== '');
        const two = lab.some(a => lab.some(b => a !== b && (a.test !== b.test || a.day !== b.day)));
        // What is high is undone by something lower of a later day: the same test, or after a random glucose any other.
        const undone = lab.length > 0 ? lower.some(f => lab.every(h => h.test === f.test && h.day < f.day))
            : lower.some(f => f.test !== 'random' && random.every(h => h.day < f.day));
        const exp_conclusion = random.length > 0 && c[12] === 'yes' || two ? 'diabetes-criteria-met'
            : high.length > 0 ? undone ? 'diabetes-not-confirmed' : 'diabetes-unconfirmed'
            : found.some(f => f.range === 'prediabetes-range') ? 'prediabetes' : found.some(f => f.test !== 'random') ? 'normal' : 'inconclusive';
        return { exp_conclusion };
    } };

families.hba1c_convert = {
    inputs: ['value', 'from'],
    make() { const from = pick('%', 'mmol/mol'); return [maybe(() => from === '%' ? near(2.5, 25, pick(1, 2), []) : near(4, 250, 0, [])), from]; },
    expect: (value, from) => ({ exp_value: value === '' ? '' : from === '%' ? Q.of('10.93').mul(value).sub('23.5').text(0) : Q.of('0.09148').mul(value).add('2.152').text(1) }) };

families.findrisc = {
    inputs: ['age', 'sex', 'bmi', 'waist_cm', 'active30', 'veg_daily', 'bp_med', 'high_glucose', 'family'],
    make: () => [near(18, 95, 0, [45, 55, 65]), pick('male', 'female'), near(15, 50, pick(1, 2), [25, 30]), near(50, 140, pick(0, 1), [80, 88, 94, 102]),
        yesno(), yesno(), yesno(), yesno(), pick('none', 'second', 'first')].map(v => sometimes(0.02, v)),
    expect(age, sex, bmi, waist, active, veg, med, glucose, family) {
        if ([age, sex, bmi, waist, active, veg, med, glucose, family].includes('')) return { exp_points: '', exp_category: '' };
        age = Number(age); bmi = q(bmi).round(2); waist = q(waist).round(1);
        const [a, b] = sex === 'male' ? [94, 102] : [80, 88];
        const points = (age < 45 ? 0 : age < 55 ? 2 : age < 65 ? 3 : 4) + (bmi.lt(25) ? 0 : bmi.le(30) ? 1 : 3)
            + (waist.lt(a) ? 0 : waist.le(b) ? 3 : 4) + (active === 'yes' ? 0 : 2) + (veg === 'yes' ? 0 : 1) + (med === 'yes' ? 2 : 0)
            + (glucose === 'yes' ? 5 : 0) + { none: 0, second: 3, first: 5 }[family];
        return { exp_points: String(points), exp_category: points < 7 ? 'low' : points <= 11 ? 'slightly-elevated' : points <= 14 ? 'moderate' : points <= 20 ? 'high' : 'very-high' };
    } };

families.ada_risk = {
    inputs: ['age', 'sex', 'gdm', 'family', 'htn', 'active', 'bmi'],
    make: () => [near(18, 95, 0, [40, 50, 60]), pick('male', 'female'), yesno(), yesno(), yesno(), yesno(), near(15, 55, pick(1, 2), [25, 30, 40])].map(v => sometimes(0.02, v)),
    expect(age, sex, gdm, family, htn, active, bmi) {
        // The question about diabetes in a pregnancy is scored only for women.
        if ([age, sex, family, htn, active, bmi].includes('') || sex === 'female' && gdm === '') return { exp_points: '', exp_category: '' };
        age = Number(age); bmi = q(bmi).round(2);
        const points = (age < 40 ? 0 : age < 50 ? 1 : age < 60 ? 2 : 3) + (sex === 'male' ? 1 : gdm === 'yes' ? 1 : 0) + (family === 'yes' ? 1 : 0)
            + (htn === 'yes' ? 1 : 0) + (active === 'yes' ? 0 : 1) + (bmi.lt(25) ? 0 : bmi.lt(30) ? 1 : bmi.lt(40) ? 2 : 3);
        return { exp_points: String(points), exp_category: points >= 5 ? 'high-risk' : 'not-high' };
    } };

families.lipids = {
    inputs: ['tc', 'hdl', 'tg', 'unit'],
    make() {
        const unit = pick('mg/dL', 'mmol/L'), mg = unit === 'mg/dL';
        const tc = mg ? near(80, 420, pick(0, 0, 1), [190, 200]) : near(2, 11, 2, []);
        const hdl = mg ? near(15, 110, 0, []) : near(0.4, 2.9, 2, []);
        const tg = mg ? near(20, 1000, 0, [150, 400, 500, 800]) : near(0.2, 11, 2, ['1.7', '4.5', '5.65', '9']);
        return [...[tc, hdl, tg].map(v => maybe(() => v)), unit];
    },
    expect(tc, hdl, tg, unit) {
        const mg = unit === 'mg/dL', digits = mg ? 0 : 2;
        tc = q(tc); hdl = q(hdl); tg = q(tg);
        const non = tc && hdl ? tc.sub(hdl).text(digits) : '';
        const friedewald = tc && hdl && tg && tg.lt(mg ? 400 : '4.5') ? tc.sub(hdl).sub(tg.div(mg ? 5 : '2.2')).text(digits) : '';
        let sampson = '';
        if (tc && hdl && tg && tg.le(mg ? 800 : 9)) {
            const [c, h, t] = mg ? [tc, hdl, tg] : [tc.mul('38.67'), hdl.mul('38.67'), tg.mul('88.57')];
            const ldl = c.div('0.948').sub(h.div('0.971')).sub(t.div('8.56').add(t.mul(c.sub(h)).div(2140)).sub(t.mul(t).div(16100))).sub('9.44');
            sampson = (mg ? ldl : ldl.div('38.67')).text(digits);
        }
        return { exp_nonhdl: non, exp_friedewald: friedewald, exp_sampson: sampson,
            exp_tg: upwards(tg?.round(digits) ?? null, mg ? ['normal', 150, 'raised', 500, 'severe'] : ['normal', '1.7', 'raised', '5.65', 'severe']) };
    } };

families.ldl_category = {
    inputs: ['value', 'unit'],
    make() {
        const unit = pick('mg/dL', 'mmol/L');
        return [maybe(() => unit === 'mg/dL' ? near(20, 300, pick(0, 1), [100, 130, 160, 190]) : near(0.5, 8, pick(1, 2, 3), ['2.6', '3.4', '4.1', '4.9'])), unit];
    },
    expect(value, unit) {
        if (value === '') return { exp_category: '', exp_flag: '' };
        const bands = unit === 'mg/dL' ? [100, 130, 160, 190] : ['2.6', '3.4', '4.1', '4.9'], v = q(value).round(unit === 'mg/dL' ? 0 : 2);
        const exp_category = upwards(v, ['usual', bands[0], 'near-usual', bands[1], 'borderline-high', bands[2], 'high', bands[3], 'very-high']);
        return { exp_category, exp_flag: exp_category === 'very-high' ? 'severe' : 'not-severe' };
    } };

const score2 = {
    male: { a: .3742, s: .6012, b: .2777, t: .1458, h: -.2698, sa: -.0755, ba: -.0255, ta: -.0281, ha: .0426, s0: .9605,
        low: [-.569857, .747593], moderate: [-.156481, .800869], high: [.320717, .936004], 'very-high': [.583578, .829368] },
    female: { a: .4648, s: .7744, b: .3131, t: .1002, h: -.2606, sa: -.1088, ba: -.0277, ta: -.0226, ha: .0613, s0: .9776,
        low: [-.737966, .701868], moderate: [-.314269, .770149], high: [.570963, .936893], 'very-high': [.941177, .832923] } };
const old = {
    published: {
        male: { a: .0634, s: .3524, b: .0094, t: .085, h: -.3564, sa: -.0247, ba: -.0005, ta: .0073, ha: .0091, mean: .0929, s0: .7576,
            low: [-.34, 1.19], moderate: [.01, 1.25], high: [.08, 1.15], 'very-high': [.05, .70] },
        female: { a: .0789, s: .4921, b: .0102, t: .0605, h: -.304, sa: -.0255, ba: -.0004, ta: -.0009, ha: .0154, mean: .229, s0: .8082,
            low: [-.52, 1.01], moderate: [-.10, 1.10], high: [.38, 1.09], 'very-high': [.38, .69] } },
    authors: {
        male: { a: .0633767915, s: .3523957899, b: .0094362177, t: .0849594156, h: -.3563571842, sa: -.0247205945, ba: -.0004794522,
            ta: .0073336663, ha: .0091317857, mean: .09285225, s0: 1 - .24235298,
            low: [-.343484, 1.193038], moderate: [.005320, 1.248514], high: [.084305, 1.151902], 'very-high': [.045959, .703625] },
        female: { a: .0789191229, s: .492114701, b: .0101993091, t: .0604939598, h: -.3040280248, sa: -.0255496313, ba: -.0004404728,
            ta: -.0009121461, ha: .0153779923, mean: .2287676, s0: 1 - .19178759,
            low: [-.516054, 1.007238], moderate: [-.101044, 1.099621], high: [.375720, 1.089031], 'very-high': [.379293, .691530] } } };
families.score2 = {
    inputs: ['region', 'age', 'sex', 'smoker', 'sbp', 'tc_mmol', 'hdl_mmol', 'op_set'], tol: '0.001',
    make: () => [pick('low', 'moderate', 'high', 'very-high'), near(35, 95, 0, [40, 50, 70, 89]), pick('male', 'female'), yesno(), near(85, 210, 0, [120]),
        near(2.8, 9.5, pick(1, 2), [6]), near(0.5, 2.8, pick(1, 2), [])].map(v => sometimes(0.02, v)).concat(pick('published', 'authors')),
    expect(region, age, sex, smoker, sbp, tc, hdl, set) {
        const none = { exp_model: '', exp_percent: '', exp_percent_1dp: '', exp_category_2025: '', exp_category_2021: '' };
        const n = Number(age);
        if (age === '') return none;
        if (n < 40 || n > 89) return none;
        const exp_model = n < 70 ? 'SCORE2' : 'SCORE2-OP';
        if ([region, sex, smoker, sbp, tc, hdl].includes('')) return { ...none, exp_model };
        const m = n < 70 ? score2[sex] : old[set][sex];
        const [A, B, T, H] = n < 70 ? [(n - 60) / 5, (sbp - 120) / 20, tc - 6, (hdl - 1.3) / .5] : [n - 73, sbp - 150, tc - 6, hdl - 1.4];
        const S = smoker === 'yes' ? 1 : 0;
        const lp = m.a * A + m.s * S + m.b * B + m.t * T + m.h * H + m.sa * S * A + m.ba * B * A + m.ta * T * A + m.ha * H * A - (m.mean ?? 0);
        const risk0 = 1 - m.s0 ** Math.exp(lp), [s1, s2] = m[region];
        const percent = 100 * (1 - Math.exp(-Math.exp(s1 + s2 * Math.log(-Math.log(1 - risk0)))));
        if (Math.abs((percent * 10) % 1 - .5) < 1e-4) return null;
        const shown = Q.of(percent.toFixed(9)).round(1);
        const [low, high] = n < 50 ? ['2.5', '7.5'] : n < 70 ? [5, 10] : ['7.5', 15];
        return { exp_model, exp_percent: percent.toFixed(6), exp_percent_1dp: shown.text(1), exp_category_2025: upwards(shown, ['low', 2, 'moderate', 10, 'high', 20, 'very-high']),
            exp_category_2021: upwards(shown, ['low-to-moderate', low, 'high', high, 'very-high']) };
    } };

// women CVD, men CVD, women ASCVD, men ASCVD, women HF, men HF
const prevent = {
    a: [.7939329, .7688528, .719883, .7099847, .8998235, .8972642], nh: [.0305239, .0736174, .1176967, .1658663, 0, 0],
    h: [-.1606857, -.0954431, -.151185, -.1144285, 0, 0], slo: [-.2394003, -.4347345, -.0835358, -.2837212, -.4559771, -.6811466],
    shi: [.3600781, .3362658, .3592852, .3239977, .3576505, .3634461], dm: [.8667604, .7692857, .8348585, .7189597, 1.038346, .923776],
    smk: [.5360739, .4386871, .4831078, .3956973, .583916, .5023736], blo: [0, 0, 0, 0, -.0072294, -.0485841], bhi: [0, 0, 0, 0, .2997706, .3726929],
    glo: [.6045917, .5378979, .4864619, .3690075, .7451638, .6926917], ghi: [.0433769, .0164827, .0397779, .0203619, .0557087, .0251827],
    rx: [.3151672, .288879, .2265309, .2036522, .3534442, .2980922], st: [-.1477655, -.1337349, -.0592374, -.0865581, 0, 0],
    rxshi: [-.0663612, -.0475924, -.0395762, -.0322916, -.0981511, -.0497731], stnh: [.1197879, .150273, .0844423, .114563, 0, 0],
    anh: [-.0819715, -.0517874, -.0567839, -.0300005, 0, 0], ah: [.0306769, .0191169, .0325692, .0232747, 0, 0],
    ashi: [-.0946348, -.1049477, -.1035985, -.0927024, -.0946663, -.1289201], adm: [-.27057, -.2251948, -.2417542, -.2018525, -.3581041, -.3040924],
    asmk: [-.078715, -.0895067, -.0791142, -.0970527, -.1159453, -.1401688], abhi: [0, 0, 0, 0, -.003878, .0068126],
    aglo: [-.1637806, -.1543702, -.1671492, -.1217081, -.1884289, -.1797778], one: [-3.307728, -3.031168, -3.819975, -3.500655, -4.310409, -3.946391] };
families.prevent = {
    inputs: ['sex', 'age', 'tc_mgdl', 'hdl_mgdl', 'sbp', 'diabetes', 'smoker', 'bmi', 'egfr', 'bp_med', 'statin'], tol: '0.001',
    make: () => [pick('male', 'female'), near(28, 81, 0, [30, 79]), near(125, 325, 0, [130, 320]), near(18, 102, 0, [20, 100]), near(88, 182, 0, [90, 110, 180]),
        yesno(), yesno(), near(18, 41, 1, ['18.5', 30, 40]), near(13, 142, 0, [15, 60, 90, 140]), yesno(), yesno()].map(v => sometimes(0.01, v)),
    expect(sex, age, tc, hdl, sbp, dm, smk, bmi, egfr, rx, st) {
        const none = { exp_status: '', exp_cvd: '', exp_ascvd: '', exp_hf: '', exp_cvd_7_5: '' }, missing = [sex, age, tc, hdl, sbp, dm, smk, bmi, egfr, rx, st].includes('');
        const out = (v, low, high, open) => v !== '' && (q(v).lt(low) || (open ? q(v).ge(high) : q(v).gt(high)));
        if (out(age, 30, 79) || out(tc, 130, 320) || out(hdl, 20, 100) || out(sbp, 90, 180) || out(bmi, '18.5', 40, true) || out(egfr, 15, 140))
            return missing ? none : { ...none, exp_status: 'out-of-range' }; // missing first
        if (missing) return none;
        const on = x => x === 'yes' ? 1 : 0, a = (age - 55) / 10, nh = (tc - hdl) * .02586 - 3.5, shi = (Math.max(sbp, 110) - 130) / 20;
        const glo = (Math.min(egfr, 60) - 60) / -15, bhi = (Math.max(bmi, 30) - 30) / 5, h = (hdl * .02586 - 1.3) / .3;
        const x = { a, nh, h, slo: (Math.min(sbp, 110) - 110) / 20, shi, dm: on(dm), smk: on(smk), blo: (Math.min(bmi, 30) - 25) / 5, bhi, glo,
            ghi: (Math.max(egfr, 60) - 90) / -15, rx: on(rx), st: on(st), rxshi: on(rx) * shi, stnh: on(st) * nh, anh: a * nh, ah: a * h, ashi: a * shi,
            adm: a * on(dm), asmk: a * on(smk), abhi: a * bhi, aglo: a * glo, one: 1 };
        const risk = column => { let sum = 0; for (const k in x) sum += prevent[k][column] * x[k]; return (100 / (1 + Math.exp(-sum))).toFixed(6); };
        const sexAt = sex === 'female' ? 0 : 1, cvd = risk(sexAt);
        if (Math.abs((cvd * 10) % 1 - .5) < 1e-4) return null;
        return { exp_status: 'ok', exp_cvd: cvd, exp_ascvd: risk(2 + sexAt), exp_hf: risk(4 + sexAt), exp_cvd_7_5: Q.of(cvd).round(1).ge('7.5') ? 'yes' : 'no' };
    } };

const kidneyG = n => upwards(n, ['G5', 15, 'G4', 30, 'G3b', 45, 'G3a', 60, 'G2', 90, 'G1']);
families.egfr_ckdepi2021 = {
    inputs: ['scr', 'unit', 'age', 'sex'], tol: '0.01',
    make() {
        const unit = pick('mg/dL', 'umol/L');
        return [unit === 'mg/dL' ? near(0.3, 9, 2, ['0.7', '0.9']) : near(25, 800, pick(0, 0, 1), []), unit, String(int(18, 100)), pick('male', 'female')].map(v => sometimes(0.02, v));
    },
    expect(scr, unit, age, sex) {
        const none = { exp_egfr_raw: '', exp_egfr: '', exp_g: '' };
        if ([scr, unit, age, sex].includes('')) return none;
        const woman = sex === 'female', ratio = scr / (unit === 'umol/L' ? 88.4 : 1) / (woman ? .7 : .9);
        const raw = 142 * Math.min(ratio, 1) ** (woman ? -.241 : -.302) * Math.max(ratio, 1) ** -1.2 * .9938 ** age * (woman ? 1.012 : 1);
        if (Math.abs(raw % 1 - .5) < 1e-5) return null;
        const whole = Q.of(raw.toFixed(9)).round(0);
        return { exp_egfr_raw: raw.toFixed(6), exp_egfr: whole.text(0), exp_g: kidneyG(whole) };
    } };

families.kdigo = {
    inputs: ['egfr', 'acr', 'unit'],
    make() {
        const unit = pick('mg/g', 'mg/mmol');
        return [maybe(() => near(3, 130, pick(0, 0, 1), [15, 30, 45, 60, 90])), maybe(() => unit === 'mg/g' ? near(0, 900, pick(0, 1, 2), [30, 300]) : near(0, 90, pick(1, 2), [3, 30])), unit];
    },
    expect(egfr, acr, unit) {
        const g = egfr === '' ? '' : kidneyG(q(egfr).round(0));
        const a = acr === '' ? '' : (v => v.lt(unit === 'mg/g' ? 30 : 3) ? 'A1' : v.le(unit === 'mg/g' ? 300 : 30) ? 'A2' : 'A3')(q(acr).round(1));
        const heat = { G1: ['low', 'moderate', 'high'], G2: ['low', 'moderate', 'high'], G3a: ['moderate', 'high', 'very-high'],
            G3b: ['high', 'very-high', 'very-high'], G4: ['very-high', 'very-high', 'very-high'], G5: ['very-high', 'very-high', 'very-high'] };
        return { exp_g: g, exp_a: a, exp_risk: g && a ? heat[g][Number(a[1]) - 1] : '',
            exp_checks: g && a ? { G1: '113', G2: '113', G3a: '123', G3b: '233', G4: '334', G5: '444' }[g][Number(a[1]) - 1] : '' };
    } };

families.kidney_checks = {
    inputs: ['egfr', 'acr', 'unit'],
    make: () => families.kdigo.make(),
    expect: (egfr, acr, unit) => ({ exp_checks: families.kdigo.expect(egfr, acr, unit).exp_checks }) };

families.uacr = {
    inputs: ['albumin_mg_l', 'creatinine', 'creatinine_unit'],
    make() {
        const unit = pick('mmol/L', 'g/L', 'mg/dL');
        return [maybe(() => near(1, 900, pick(0, 1), [30, 300])), maybe(() => unit === 'mmol/L' ? near(1, 30, 1, [10]) : unit === 'g/L' ? near(0.2, 4, 2, [1]) : near(20, 400, pick(0, 1), [100])), unit];
    },
    expect(albumin, creatinine, unit) {
        const exp_unit = unit === 'mmol/L' ? 'mg/mmol' : 'mg/g';
        if (albumin === '' || creatinine === '') return { exp_acr: '', exp_unit: '' }; // no ratio, no unit of it
        const ratio = Q.of(albumin).div(creatinine);
        return { exp_acr: (unit === 'mg/dL' ? ratio.mul(100) : ratio).text(1), exp_unit };
    } };

families.fib4 = {
    inputs: ['age', 'ast', 'alt', 'plt', 'limit'],
    make() {
        const limit = maybe(() => pick('', '', '30', '35', '40', '45')), top = limit === '' ? 200 : 5 * limit;
        const enzyme = () => pick(near(5, 300, pick(0, 1), [top]), near(5, 120, pick(0, 1), []));
        return [...[near(18, 95, 0, [35, 65]), enzyme(), pick('16', '25', '36', '49', enzyme()), near(50, 600, 0, [])].map(v => sometimes(0.02, v)), limit];
    },
    expect(age, ast, alt, plt, limit) {
        // One enzyme is enough to see that the liver is acutely ill, whatever else is known.
        if ([ast, alt].some(v => v !== '' && q(v).gt(limit === '' ? 200 : q(limit).mul(5)))) return { exp_fib4: '', exp_category: 'acute-range' };
        if ([age, ast, alt, plt].includes('')) return { exp_fib4: '', exp_category: '' }; // missing first, under 35 too
        // Squared, the root is a fraction: k hundredths are right when (k - 1/2)^2 <= (100 F)^2 < (k + 1/2)^2.
        const f = Q.of(age).mul(ast).div(plt), square = f.mul(f).div(alt).mul(10000);
        let k = BigInt(Math.round(Math.sqrt(square.num())));
        const half = n => new Q(2n * n + 1n, 2n);
        while (k > 0n && half(k - 1n).mul(half(k - 1n)).gt(square)) k--;
        while (half(k).mul(half(k)).le(square)) k++;
        const v = new Q(k, 100n), n = Number(age);
        return { exp_fib4: v.text(2), exp_category: n < 35 ? 'not-validated' : v.gt('2.67') ? 'high' : v.lt(n >= 65 ? '2' : '1.3') ? 'low' : 'indeterminate' };
    } };

const blood = { 'child-6-23m': [105, 95, 70], 'child-24-59m': [110, 100, 70], 'child-5-11y': [115, 110, 80], 'child-12-14y': [120, 110, 80],
    female: [120, 110, 80], male: [130, 110, 80], 'preg-1': [110, 100, 70], 'preg-2': [105, 95, 70], 'preg-3': [110, 100, 70] };
families.anaemia = {
    inputs: ['group', 'hb_g_l', 'altitude_m', 'smoker', 'cigs_per_day'],
    make() {
        const group = pick(...Object.keys(blood)), smoker = yesno();
        return [maybe(() => group), maybe(() => near(40, 200, pick(0, 0, 1), blood[group])), maybe(() => chance() < .4 ? '0' : near(0, 5300, 0, [500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000])),
            maybe(() => smoker), smoker === 'yes' && chance() < .8 ? near(1, 40, 0, [10, 20]) : ''];
    },
    expect(group, hb, altitude, smoker, cigs) {
        if (altitude !== '' && Number(altitude) >= 5000) return { exp_adjusted: '', exp_category: 'altitude-out-of-range' };
        if ([hb, altitude, smoker].includes('')) return { exp_adjusted: '', exp_category: '' };
        const high = [0, 4, 8, 11, 14, 18, 21, 25, 29, 33][Math.floor(altitude / 500)];
        const smoke = smoker === 'no' ? 0 : cigs === '' || Number(cigs) < 10 ? 3 : Number(cigs) < 20 ? 5 : 6;
        const v = q(hb).round(0).sub(high).sub(smoke);
        if (group === '') return { exp_adjusted: v.text(0), exp_category: '' };
        const [none, mild, moderate] = blood[group];
        return { exp_adjusted: v.text(0), exp_category: v.ge(none) ? 'none' : v.ge(mild) ? 'mild' : v.ge(moderate) ? 'moderate' : 'severe' };
    } };

families.anaemia_bounds = {
    inputs: families.anaemia.inputs,
    make() {
        const group = pick(...Object.keys(blood)), [none, mild, moderate] = blood[group], smoker = yesno();
        const altitude = near(0, 5300, 0, [500, 1500, 3000, 4500, 5000]);
        return [group, maybe(() => near(40, 220, pick(0, 0, 1), [none, mild, moderate, none + 33, none + 39, none + 6])), pick('', '', '0', altitude),
            pick('', smoker), smoker === 'yes' && chance() < .5 ? near(1, 40, 0, [10, 20]) : ''];
    },
    expect(group, hb, altitude, smoker, cigs) {
        const { exp_adjusted } = families.anaemia.expect(group, hb, altitude, smoker, cigs), unknown = { exp_adjusted, exp_category: '', exp_certainty: 'none' };
        if (hb === '' || Number(altitude) >= 5000) return unknown;
        // Every home and every habit that the answers leave open; worst is the category furthest from none.
        const homes = altitude === '' ? [0, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500] : [altitude];
        const habits = smoker === 'no' ? [['no', '']] : smoker === 'yes' ? [['yes', cigs]] : [['no', ''], ['yes', '5'], ['yes', '15'], ['yes', '20']];
        const order = ['none', 'mild', 'moderate', 'severe'];
        const all = homes.flatMap(home => habits.map(([s, n]) => order.indexOf(families.anaemia.expect(group, hb, home, s, n).exp_category)));
        const least = Math.min(...all);
        if (least === Math.max(...all)) return { exp_adjusted, exp_category: order[least], exp_certainty: 'exact' };
        return least > 0 ? { exp_adjusted, exp_category: order[least], exp_certainty: 'at-least' } : unknown;
    } };

const sum = list => list.reduce((a, b) => a + Number(b), 0);
families.phq = {
    inputs: ['i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7', 'i8', 'i9'],
    make() { const gap = chance() < .4 ? .1 : 0, top = int(1, 3); return Array.from({ length: 9 }, () => sometimes(gap, String(int(0, top)))); },
    expect(...i) {
        const two = i[0] === '' || i[1] === '' ? '' : sum(i.slice(0, 2)), all = i.includes('') ? '' : sum(i);
        return { exp_phq2: String(two), exp_phq2_screen: two === '' ? '' : two >= 3 ? 'positive' : 'negative', exp_phq9: String(all),
            exp_severity: all === '' ? 'incomplete' : all < 5 ? 'minimal' : all < 10 ? 'mild' : all < 15 ? 'moderate' : all < 20 ? 'moderately-severe' : 'severe',
            exp_item9: i[8] === '' ? 'ask' : Number(i[8]) >= 1 ? 'alert' : 'none' };
    } };
families.gad = {
    inputs: ['i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7'],
    make() { const gap = chance() < .3 ? .1 : 0, top = int(1, 3); return Array.from({ length: 7 }, () => sometimes(gap, String(int(0, top)))); },
    expect(...i) {
        const two = i[0] === '' || i[1] === '' ? '' : sum(i.slice(0, 2)), all = i.includes('') ? '' : sum(i);
        return { exp_gad2: String(two), exp_gad2_screen: two === '' ? '' : two >= 3 ? 'positive' : 'negative', exp_gad7: String(all),
            exp_severity: all === '' ? 'incomplete' : all < 5 ? 'minimal' : all < 10 ? 'mild' : all < 15 ? 'moderate' : 'severe' };
    } };
families.audit = {
    inputs: ['sex', 'pregnant', 'i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7', 'i8', 'i9', 'i10'],
    make() {
        const gap = chance() < .2 ? .06 : 0, top = pick(1, 2, 4);
        const sex = sometimes(gap, pick('male', 'female'));
        return [sex, sex === 'male' ? pick('no', '') : pick('yes', 'no', ''), ...Array.from({ length: 8 }, () => String(int(0, top))), ...[0, 0].map(() => String(pick(0, 0, 2, 4)))].map((v, at) => at < 2 ? v : sometimes(gap, v));
    },
    expect(sex, pregnant, ...i) {
        const short = i.slice(0, 3).includes('') ? '' : sum(i.slice(0, 3)), all = i.includes('') ? '' : sum(i);
        const zone = all === '' ? '' : all < 8 ? 'I' : all < 16 ? 'II' : all < 20 ? 'III' : 'IV';
        const heavy = i.slice(3, 6).some(x => Number(x) >= 2) || i.slice(8).some(x => Number(x) === 4);
        return { exp_auditc: String(short), exp_auditc_screen: short === '' || sex === '' ? '' : short >= (sex === 'male' ? 4 : 3) ? 'positive' : 'negative',
            exp_audit: String(all), exp_zone: zone, exp_step_up: zone === '' ? '' : heavy && zone !== 'IV' ? 'yes' : 'no',
            exp_pregnancy: short === '' || pregnant === 'no' ? '' : pregnant === 'yes' ? short === 0 ? 'none' : short < 3 ? 'advise-none' : 'advise-and-refer' : short > 0 && sex !== 'male' ? 'ask-pregnancy' : '' };
    } };
families.pack_years = {
    inputs: ['cigs_per_day', 'years'],
    make: () => [maybe(() => near(0, 80, pick(0, 1), [10, 20])), maybe(() => near(0, 60, pick(0, 1), [20]))],
    expect: (cigs, years) => ({ exp_pack_years: cigs === '' || years === '' ? '' : Q.of(cigs).div(20).mul(years).text(1) }) };

families.tb_w4ss = {
    inputs: ['cough', 'fever', 'weight_loss', 'night_sweats', 'hiv', 'cxr', 'programme', 'risk_group', 'cough_2_weeks'],
    make: () => [...Array.from({ length: 4 }, () => sometimes(.08, chance() < .25 ? 'yes' : 'no')), pick('positive', 'negative', 'negative', 'unknown'), pick('none', 'normal', 'none', 'abnormal'),
        sometimes(.1, pick('general', 'risk-groups', 'risk-groups')), pick('yes', 'no', 'no', ''), pick('yes', 'no', 'no', '')],
    expect(cough, fever, weight, sweats, hiv, cxr, programme, risk, long) {
        const four = [cough, fever, weight, sweats], signs = four.filter(x => x === 'yes').length, open = four.includes('');
        const screen = signs > 0 ? 'positive' : open ? '' : 'negative';
        const tested = signs > 0 && (programme === 'general' || hiv === 'positive' || risk === 'yes' || (cough === 'yes' && long === 'yes') || signs > 1);
        let action = '';
        if (cxr === 'abnormal' || tested) action = 'tb-evaluation';
        else if (screen === 'negative') action = 'no-tb-action';
        else if (screen === 'positive' && programme === 'risk-groups') {
            if (risk === '' || (cough === 'yes' && long === '')) action = 'ask-risk-group';
            else if (!open) action = weight === 'yes' || sweats === 'yes' ? 'clinician-review' : 'return-if-lasts';
        }
        return { exp_w4ss: screen, exp_action: action };
    } };
families.tb_crp = {
    inputs: ['cough', 'fever', 'weight_loss', 'night_sweats', 'hiv', 'cxr', 'crp'],
    make: () => [...families.tb_w4ss.make().slice(0, 6), sometimes(.1, near(0, 60, pick(0, 1, 2), [5, 5]))],
    expect(...c) {
        const crp = c.pop(), four = families.tb_w4ss.expect(...c, 'general', '', '').exp_action;
        return { exp_action: c[4] === 'positive' && crp !== '' && q(crp).gt(5) ? 'tb-evaluation' : four };
    } };
families.bbv_offer = {
    inputs: ['age', 'test', 'ever_tested', 'known_positive', 'consent', 'ongoing_risk', 'pregnant', 'tested_this_pregnancy'],
    make: () => [near(10, 95, 0, [15, 18, 65, 79]), pick('hiv', 'hcv', 'hbv'), yesno(), chance() < .15 ? 'yes' : 'no', pick('accept', 'decline', 'unasked'), chance() < .3 ? 'yes' : 'no', sometimes(.1, pick('yes', 'no', 'no')), sometimes(.2, yesno())],
    expect(age, test, tested, known, consent, risk, pregnant, inThis) {
        const n = Number(age), [low, high] = { hiv: [15, 65], hcv: [18, 79], hbv: [18, 999] }[test], outside = n < low || n > high;
        const asked = { accept: 'test', decline: 'declined', unasked: 'offer' }[consent], stays = risk === 'no' && (tested === 'yes' || outside);
        return { exp_result: known === 'yes' ? 'known-positive-link-to-care' : pregnant === 'yes' && inThis !== 'yes' ? asked
            : stays && pregnant === '' ? '' : stays ? tested === 'yes' ? 'not-due' : 'not-in-age-range' : asked };
    } };

families.cervical = {
    inputs: ['age', 'has_cervix', 'hiv', 'symptoms', 'last_test', 'last_result', 'years_since', 'consecutive_negatives', 'years_between', 'programme'],
    make() {
        const last = maybe(() => pick('none', 'hpv', 'hpv', 'cytology', 'via')), n = int(0, 3);
        return [maybe(() => near(18, 80, 0, [25, 30, 50, 65, 66])), chance() < .9 ? 'yes' : 'no', pick('positive', 'negative', 'unknown'), chance() < .1 ? 'yes' : 'no', last,
            ...(last === 'none' ? ['none', '', '0', ''] : [chance() < .15 ? 'positive' : 'negative', sometimes(.1, near(0, 12, 1, [3, 5, 10])), String(n), n < 2 ? '' : sometimes(.2, near(0, 12, 1, ['2.5', '4.5']))]),
            pick('WHO2021', 'EU2022')];
    },
    expect(age, cervix, hiv, symptoms, test, result, years, negatives, between, programme) {
        const n = Number(age), plus = hiv === 'positive', is = word => ({ exp_status: word });
        if (cervix === 'no') return is('not-eligible');
        if (symptoms === 'yes') return is('refer-symptoms');
        if (result === 'positive') return is('follow-up-positive');
        if (age === '') return is('');
        if (n < (plus ? 25 : 30)) return is('not-eligible');
        if (test === '') return is('');
        if (test === 'none') return is(n > 65 ? 'individual' : 'due');
        const every = test === 'hpv' && !plus ? 5 : 3;
        if (programme === 'EU2022') { if (n > 65) return is(years === '' || q(years).ge(10) ? 'individual' : 'stop'); }
        else if (n >= 50 && Number(negatives) >= 2 && between !== '' && q(between).add('0.5').ge(every)) return is('stop');
        return is(years === '' || q(years).ge(every) ? 'due' : 'not-due');
    } };
families.colorectal = {
    inputs: ['age', 'symptoms', 'high_risk', 'last_test', 'last_result', 'months_since', 'months_since_fit', 'programme'],
    make() {
        const last = maybe(() => pick('none', 'fit', 'hsgfobt', 'sdna-fit', 'ctc', 'sigmoidoscopy', 'sigmoidoscopy+fit', 'sigmoidoscopy+fit', 'colonoscopy'));
        const months = () => sometimes(.1, near(0, 130, 0, [12, 36, 60, 120]));
        return [maybe(() => near(35, 92, 0, [45, 50, 74, 75, 85])), chance() < .1 ? 'yes' : 'no', chance() < .1 ? 'yes' : 'no', last,
            ...(last === 'none' ? ['none', '', ''] : [chance() < .15 ? 'positive' : 'negative', months(), last === 'sigmoidoscopy+fit' ? months() : '']), pick('USPSTF2021', 'EU2022')];
    },
    expect(age, symptoms, risk, test, result, months, fit, programme) {
        const n = Number(age), every = { fit: 12, hsgfobt: 12, 'sdna-fit': 36, ctc: 60, sigmoidoscopy: 60, 'sigmoidoscopy+fit': 120, colonoscopy: 120 }[test], is = word => ({ exp_status: word });
        if (symptoms === 'yes') return is('refer-symptoms');
        if (result === 'positive' && every !== undefined) return is(test === 'colonoscopy' ? 'refer-high-risk' : 'colonoscopy-needed');
        if (risk === 'yes') return is('refer-high-risk');
        if (age === '') return is('');
        const [from, to, alone] = programme === 'EU2022' ? [50, 74, 999] : [45, 85, 76];
        if (n < from || n > to) return is('not-eligible');
        if (test === '') return is('');
        const longAgo = (m, limit) => m === '' || Number(m) >= limit;
        const due = test === 'none' || longAgo(months, every) || (test === 'sigmoidoscopy+fit' && longAgo(fit, 12));
        return is(!due ? 'not-due' : n >= alone ? 'individual' : 'due');
    } };
families.breast = {
    inputs: ['age', 'sex', 'symptoms', 'high_risk', 'months_since', 'programme'],
    make: () => [maybe(() => near(30, 90, 0, [40, 45, 74])), maybe(() => chance() < .85 ? 'female' : 'male'), chance() < .1 ? 'yes' : 'no', chance() < .1 ? 'yes' : 'no', sometimes(.3, near(0, 60, 0, [24])), pick('USPSTF2024', 'EU2022')],
    expect(age, sex, symptoms, risk, months, programme) {
        const n = Number(age), is = word => ({ exp_status: word });
        if (symptoms === 'yes') return is('refer-symptoms');
        if (sex === 'male') return is('not-eligible');
        if (risk === 'yes') return is('refer-high-risk');
        if (sex === '' || age === '') return is('');
        if (n < (programme === 'EU2022' ? 45 : 40)) return is('not-eligible');
        return is(n > 74 ? 'individual' : months === '' || Number(months) >= 24 ? 'due' : 'not-due');
    } };
families.lung = {
    inputs: ['age', 'pack_years', 'status', 'quit_years', 'symptoms', 'months_since'],
    make() {
        const status = pick('current', 'current', 'former', 'former', 'never');
        return [near(40, 90, 0, [50, 80]), status === 'never' ? '0' : near(0, 60, pick(1, 2), [20]), status, status === 'former' ? near(0, 30, pick(0, 1), [15]) : '',
            chance() < .1 ? 'yes' : 'no', sometimes(.5, near(0, 30, 0, [12]))];
    },
    expect(age, packs, status, quit, symptoms, months) {
        const n = Number(age);
        return { exp_status: symptoms === 'yes' ? 'refer-symptoms' : n < 50 || n > 80 || q(packs).round(1).lt(20) || status === 'never' ? 'not-eligible'
            : status === 'former' && q(quit).ge(15) ? 'not-eligible' : months === '' || Number(months) >= 12 ? 'due' : 'not-due' };
    } };

families.puma = {
    inputs: ['age', 'sex', 'pack_years', 'dyspnoea', 'phlegm', 'cough', 'spirometry'],
    make: () => [near(35, 90, 0, [40, 50, 60]), pick('male', 'female'), near(0, 60, pick(1, 2), [10, 20, 30]), yesno(), yesno(), yesno(), yesno()],
    expect(age, sex, packs, ...four) {
        // Who is asked from 40 also hangs on biomass smoke, which is no column: the points stand for all.
        const n = Number(age), p = q(packs).round(1);
        if (n < 40) return { exp_points: '', exp_action: 'not-applicable' };
        const points = (sex === 'male' ? 1 : 0) + (n < 50 ? 0 : n < 60 ? 1 : 2) + (p.lt(20) ? 0 : p.le(30) ? 1 : 2) + four.filter(x => x === 'yes').length;
        return { exp_points: String(points), exp_action: points >= 5 ? 'spirometry' : 'no-spirometry' };
    } };
families.ost = {
    inputs: ['weight_kg', 'age'],
    make() { const age = int(45, 95); return [maybe(() => near(35, 140, pick(0, 1, 2), [age, age + 5, age + 10, age - 5])), maybe(() => String(age))]; },
    expect(weight, age) {
        if (weight === '' || age === '') return { exp_ost: '', exp_action: '' };
        const v = Q.of(weight).sub(age).mul('0.2').trunc();
        return { exp_ost: v.text(0), exp_action: v.lt(2) ? 'dxa' : 'no-dxa' };
    } };

families.vision = {
    inputs: ['right_top', 'right_bottom', 'left_top', 'left_bottom'],
    make() {
        const eye = () => { const top = pick('6', '6', '3', '20', '1', '0'); return chance() < .05 ? ['', ''] : [top, near(3, 400, pick(0, 1), [12, 18, 60, 120, 20, 40, 6])]; };
        return [...eye(), ...eye()];
    },
    expect(rt, rb, lt, lb) {
        const eye = (t, b) => t === '' || b === '' ? null : Q.of(t).div(b);
        const worse = (v, t, b) => v !== null && v.lt(new Q(BigInt(t), BigInt(b)));
        const right = eye(rt, rb), left = eye(lt, lb), better = right && left ? right.ge(left) ? right : left : null;
        return { exp_grade: !better ? '' : worse(better, 3, 60) ? 'blindness' : worse(better, 6, 60) ? 'severe' : worse(better, 6, 18) ? 'moderate' : worse(better, 6, 12) ? 'mild' : 'usual',
            exp_urgency: worse(right, 6, 60) || worse(left, 6, 60) ? 'soon' : worse(right, 6, 12) || worse(left, 6, 12) ? 'routine' : right && left ? 'none' : '' };
    } };
families.near_vision = {
    inputs: ['size', 'unit'],
    make() { const unit = pick('{N}', '{M}'); return [maybe(() => unit === '{N}' ? near(3, 40, pick(0, 1), [6]) : near(0.3, 5, pick(1, 2), ['0.8'])), unit]; },
    expect: (size, unit) => ({ exp_category: size === '' ? '' : q(size).gt(unit === '{N}' ? 6 : '0.8') ? 'worse' : 'usual' }) };
families.retinal_image = {
    inputs: ['taken', 'months'],
    make: () => [chance() < .8 ? 'yes' : 'no', near(0, 60, 0, [12])],
    expect: (taken, months) => ({ exp_status: taken === 'no' || Number(months) >= 12 ? 'due' : 'not-due' }) };
families.hearing = {
    inputs: ['right_500', 'right_1000', 'right_2000', 'right_4000', 'left_500', 'left_1000', 'left_2000', 'left_4000'],
    make() {
        const ear = at => { const step = pick(1, 5), gap = chance() < .12 ? .5 : 0; return Array.from({ length: 4 }, () => sometimes(gap, String(Math.round((at + int(-6, 6)) / step) * step))).map(v => v === '-0' ? '0' : v); };
        const one = chance() < .5 ? pick(18, 20, 34, 35, 36) : int(-8, 110), other = chance() < .5 ? one + pick(-21, -20, -19, 0, 1, 19, 20, 21) : int(-8, 110);
        return chance() < .2 ? [...Array(4).fill(String(one)), ...Array(4).fill(String(other))] : [...ear(one), ...ear(other)];
    },
    expect(...c) {
        const ear = four => four.includes('') ? null : four.reduce((s, v) => s.add(v), Q.of(0)).div(4).round(1);
        const known = [ear(c.slice(0, 4)), ear(c.slice(4))].filter(Boolean).sort((x, y) => x.cmp(y));
        const [better, worse] = known, both = known.length === 2;
        if (!better) return { exp_average: '', exp_grade: '', exp_urgency: '' };
        let grade = upwards(better, ['usual', 20, 'mild', 35, 'moderate', 50, 'moderately-severe', 65, 'severe', 80, 'profound', 95, 'complete']);
        if (!both) return { exp_average: better.text(1), exp_grade: better.lt(20) ? '' : grade, exp_urgency: better.lt(20) ? '' : 'routine' };
        const apart = worse.ge(35) && (better.lt(20) || worse.sub(better).ge(20));
        if (better.lt(20) && worse.ge(35)) grade = 'unilateral';
        const own = { usual: worse.ge(20) ? 'self-care' : 'none', mild: 'self-care' }[grade] ?? 'routine';
        return { exp_average: better.text(1), exp_grade: grade, exp_urgency: apart ? 'soon' : own };
    } };

// --- run --------------------------------------------------------------------------------------------------------------
let passed = 0, failed = 0;
for (const [name, family] of Object.entries(families)) {
    state = [...name].reduce((seed, c) => (Math.imul(seed, 31) + c.charCodeAt(0)) | 0, 20261126);
    const lines = [];
    let outputs = null;
    while (lines.length < ROWS) {
        const cells = family.make(), expected = family.expect(...cells);
        if (expected === null) continue;
        outputs ??= Object.keys(expected);
        lines.push([`${name}-spec-${lines.length + 1}`, ...cells, ...outputs.map(o => expected[o]), family.tol ?? 'exact', 'spec.mjs'].join(','));
    }
    const file = join(folder, `${name}.csv`);
    writeFileSync(file, [['case_id', ...family.inputs, ...outputs, 'tol', 'source'].join(','), ...lines].join('\n') + '\n');
    let out;
    try { out = execFileSync(salve, ['--share', share, 'guideline', 'test', '--vectors', file], { maxBuffer: 1 << 28 }).toString(); }
    catch (error) { out = `${error.stdout ?? ''}${error.stderr ?? ''}`; }
    const tally = /^(\d+) passed, (\d+) failed$/m.exec(out);
    if (!tally) { failed++; console.log(`FAILED ${name}: ${out}`); continue; }
    passed += Number(tally[1]); failed += Number(tally[2]);
    if (Number(tally[2]) > 0) {
        const rows = new Map(lines.map(line => [line.slice(0, line.indexOf(',')), line]));
        for (const line of out.split('\n').filter(l => l.startsWith('FAILED')).slice(0, 10)) {
            console.log(line);
            for (const [id, row] of rows) if (line.includes(`${id}:`)) console.log(`    ${row}`);
        }
        console.log(`FAILED ${name}: ${tally[2]} of ${lines.length} rows`);
    }
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);

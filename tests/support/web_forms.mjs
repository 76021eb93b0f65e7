// SPDX-License-Identifier: Apache-2.0
// Made-up forms as the server would compile them (docs/formats/questionnaires.md), in both languages: every kind of question,
// a form of feelings, and one as long as is asked for.

const WORDS = {
    en: {
        kinds: 'About you', mood: 'The last two weeks', long: 'A long one', smoke: 'Do you smoke?', day: 'How many cigarettes a day?', years: 'For how many years?',
        packs: 'Pack-years', stop: 'There is help to stop. Ask the team.', weight: 'How much do you weigh?', born: 'When was your last tetanus vaccination?',
        home: 'Who lives with you?', alone: 'Nobody', partner: 'A partner', children: 'Children', others: 'Other people', month: 'In which month is your holiday?',
        medicine: 'Medicine', name: 'What is it called?', often: 'How often a day do you take it?', note: 'Is there anything else that we should know?',
        help: 'Count a night shift as one day.', upper: 'Upper number', lower: 'Lower number', both: 'Blood pressure at home', pair: 'The upper number is the larger one.',
        about: 'How often were you bothered by these problems?', feel: (i) => ['Little interest in doing things', 'Feeling down or without hope', 'Trouble sleeping, or sleeping too much', 'Feeling tired'][i],
        never: 'Not at all', some: 'Several days', half: 'More than half the days', nearly: 'Nearly every day', other: (i) => `Other month ${i}`, question: (i) => `Question ${i}?`, group: (i) => `Part ${i}`,
    },
    ar: {
        kinds: 'عنك', mood: 'الأسبوعان الماضيان', long: 'استمارة طويلة', smoke: 'هل تدخّن؟', day: 'كم سيجارة في اليوم؟', years: 'منذ كم سنة؟',
        packs: 'سنوات العلب', stop: 'توجد مساعدة للإقلاع. يُرجى سؤال الفريق.', weight: 'كم يبلغ وزنك؟', born: 'متى كان آخر تطعيم ضد الكزاز؟',
        home: 'من يعيش معك؟', alone: 'لا أحد', partner: 'شريك حياة', children: 'أطفال', others: 'أشخاص آخرون', month: 'في أي شهر تكون عطلتك؟',
        medicine: 'دواء', name: 'ما اسمه؟', often: 'كم مرة في اليوم يؤخذ؟', note: 'هل هناك شيء آخر ينبغي أن نعرفه؟',
        help: 'تُحسب المناوبة الليلية يومًا واحدًا.', upper: 'الرقم الأعلى', lower: 'الرقم الأدنى', both: 'ضغط الدم في البيت', pair: 'الرقم الأعلى هو الأكبر.',
        about: 'كم مرة أزعجتك هذه المشكلات؟', feel: (i) => ['قلة الاهتمام بفعل الأشياء', 'الشعور بالحزن أو اليأس', 'صعوبة في النوم أو نوم كثير', 'الشعور بالتعب'][i],
        never: 'أبدًا', some: 'بعض الأيام', half: 'أكثر من نصف الأيام', nearly: 'كل يوم تقريبًا', other: (i) => `شهر آخر ${i}`, question: (i) => `السؤال ${i}؟`, group: (i) => `الجزء ${i}`,
    },
};

const nearest = (link) => ['nearest', link];
const program = (reads, ...run) => ({ run, reads });
const all = (link) => [['root'], ['all-items'], ['where', [['this'], ['link'], ['const', link], ['=']]], ['answers']];
const base = (id, language, items, order) => ({
    id, version: '1.0', language, direction: language === 'ar' ? 'rtl' : 'ltr', title: WORDS[language][id], items, order,
});

function kinds(language) {
    const w = WORDS[language], option = (value, text, more = {}) => ({ value, text, ...more });
    return base('kinds', language, [
        { link: 'smoke', kind: 'boolean', text: w.smoke, help: w.help },
        { link: 'smoking', kind: 'group', when: program(['smoke'], nearest('smoke'), ['const', true], ['answered', '=']), items: [
            { link: 'day', kind: 'integer', text: w.day, min: '1', max: '200' },
            { link: 'years', kind: 'decimal', text: w.years, decimals: 1, min: '0', max: '100' },
        ] },
        { link: 'packs', kind: 'decimal', text: w.packs, calculated: program(['day', 'years'], nearest('day'), nearest('years'), ['*'], ['const', 20], ['/'], ['round', 1]) },
        { link: 'stop', kind: 'display', text: w.stop, when: program(['packs'], nearest('packs'), ['const', 10], ['>=']) },
        { link: 'weight', kind: 'quantity', text: w.weight, min: '20', max: '300', units: [{ code: 'kg', text: 'kg' }, { code: '[lb_av]', text: 'lb' }], code: { system: 'http://loinc.org', code: '29463-7' } },
        { link: 'born', kind: 'date', text: w.born, max: '2026-12-31' },
        { link: 'home', kind: 'choice', text: w.home, repeats: true, options: [
            option('partner', w.partner), option('children', w.children), option('others', w.others), option('nobody', w.alone, { alone: true }),
        ] },
        { link: 'month', kind: 'choice', text: w.month, options: Array.from({ length: 14 }, (_, i) => option(`m${i + 1}`, w.other(i + 1))) },
        { link: 'medicine', kind: 'group', text: w.medicine, repeats: true, most: 4, items: [
            { link: 'name', kind: 'text', text: w.name, length: 60 },
            { link: 'often', kind: 'integer', text: w.often, min: '1', max: '24', when: program(['name'], nearest('name'), ['exists']) },
        ] },
        { link: 'home-bp', kind: 'group', text: w.both, checks: [{ say: w.pair, program: program(['upper', 'lower'], nearest('upper'), nearest('lower'), ['>']) }], items: [
            { link: 'upper', kind: 'integer', text: w.upper }, { link: 'lower', kind: 'integer', text: w.lower },
        ] },
        { link: 'note', kind: 'text', text: w.note, lines: true },
    ], ['smoking', 'packs', 'stop', 'often']);
}

function mood(language) {
    const w = WORDS[language];
    const options = ['never', 'some', 'half', 'nearly'].map((key, score) => ({ value: `LA${score}`, text: w[key], score }));
    return base('mood', language, [
        { link: 'feelings', kind: 'group', text: w.about, items: [0, 1, 2, 3].map((i) => ({ link: `f${i}`, kind: 'choice', text: w.feel(i), options })) },
        { link: 'sum', kind: 'integer', hidden: true, calculated: program(['f0', 'f1', 'f2', 'f3'], ['root'], ['all-items'], ['answers'], ['score'], ['sum']) },
    ], ['sum']);
}

/** long - so many questions of all kinds, in groups; a third of them asked by what was answered, ten totals. */
export function long(language, count = 300) {
    const w = WORDS[language], groups = [], order = [];
    for (let g = 0; g * 10 < count - 10; g++) {
        const items = Array.from({ length: 10 }, (_, i) => {
            const n = g * 10 + i, link = `q${n}`, text = w.question(n + 1);
            if (i % 3 === 2) order.push(link);
            const when = i % 3 === 2 ? { when: program([`q${n - 1}`], nearest(`q${n - 1}`), ['exists']) } : {};
            if (i % 5 === 4) return { link, text, kind: 'choice', options: ['never', 'some', 'half', 'nearly'].map((key, score) => ({ value: `LA${score}`, text: w[key], score })), ...when };
            return { link, text, kind: ['boolean', 'decimal', 'integer', 'text'][i % 4], ...when };
        });
        groups.push({ link: `g${g}`, kind: 'group', text: w.group(g + 1), items });
    }
    const totals = Array.from({ length: 10 }, (_, i) => {
        const reads = Array.from({ length: 30 }, (_, n) => `q${n * 10 + 1}`).filter((link) => Number(link.slice(1)) < count - 10);
        order.push(`t${i}`);
        return { link: `t${i}`, kind: 'decimal', hidden: true, calculated: program(reads, ...reads.flatMap((link, n) => [...all(link), ...(n > 0 ? [['union']] : [])]), ['sum'], ['const', i], ['+']) };
    });
    return base('long', language, [...groups, { link: 'totals', kind: 'group', items: totals }], order);
}

export const FORMS = { kinds, mood, long };

/** formCalls - `plan`, `form` and `form-save` of a made-up server: knobs.saves is what it says next ("stored" where nothing is
 * there), knobs.withdrawn as for readings; seen.forms has what it got, once a key. */
export function formCalls(knobs, seen, isOpen, refusal) {
    const stored = new Map();
    seen.forms = [];
    const asks = (language) =>
        Object.keys(FORMS).map((item) => ({ item, title: FORMS[item](language).title, station: 'questions', kind: 'form', state: 'missing', any: [item] }));
    return {
        plan: (session, ask) => (isOpen(session, ask) ? { status: 200, body: { asks: asks(ask.speaks), left: Object.keys(FORMS).length } } : refusal(403, 'E_CONSENT')),
        form: (session, ask) => {
            if (!isOpen(session, ask)) return refusal(403, 'E_CONSENT');
            return FORMS[ask.form] ? { status: 200, body: { form: FORMS[ask.form](ask.language), initial: knobs.initial ?? [] } } : refusal(404, 'E_NOT_FOUND');
        },
        'form-judge': (session, ask) => (isOpen(session, ask) ? { status: 200, body: { state: 'judged', alarms: [] } } : refusal(403, 'E_CONSENT')),
        'form-save': (session, ask) => {
            if (!isOpen(session, ask)) return refusal(403, 'E_CONSENT');
            const says = ask.confirmed.length > 0 ? undefined : knobs.saves?.(ask);
            if (says) return { status: 200, body: says };
            if (!stored.has(ask.key)) seen.forms.push(ask);
            stored.set(ask.key, ask);
            return { status: 200, body: { state: 'stored', kept: ask.answers.length, unasked: 0, unkept: knobs.unkept ?? 0, said: knobs.said ?? [], findings: [], alarms: knobs.alarms ?? [], work: { ticket: null, tasks: [] } } };
        },
    };
}

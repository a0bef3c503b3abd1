'use strict';
'require view';
'require form';
'require fs';
'require poll';
'require dom';
'require ui';
'require uci';

// What each instance last did, and the sections of /etc/config/dormouse. Texts go into the page as items of an array:
// LuCI makes text of those, and HTML of a string that stands alone.

const SERVICE = '/etc/init.d/dormouse';

// Settings that have a field of their own; every other one is a line "name=value" in the last field.
const FIELDS = [
    'enabled', 'domains', 'cloudflare_api_token', 'cloudflare_api_token_file', 'ip4_provider', 'ip6_provider',
    'proxied', 'ttl', 'waf_lists', 'boot_wait', 'config',
];

function ago(then) {
    const seconds = Math.max(0, Math.round(Date.now() / 1000 - then));
    if (seconds < 90)
        return seconds + ' s';
    if (seconds < 5400)
        return Math.round(seconds / 60) + ' min';
    return seconds < 172800 ? Math.round(seconds / 3600) + ' h' : Math.round(seconds / 86400) + ' d';
}

// The lines that tell what an instance did.
function told(state) {
    if (!state || !state.running)
        return [_('not running')];
    const last = state.last_round;
    if (!last)
        return [_('no round has been done yet')];
    const lines = [(last.ok ? _('well') : _('failed')) + ', ' + ago(last.started) + ' ' + _('ago')];
    for (const name of Object.keys(state.published || {}))
        lines.push(name + ': ' + (state.published[name].join(', ') || _('none')));
    return lines.concat(last.problems || [], Object.values(state.failing || {}).map(String));
}

function table(states) {
    const names = Object.keys(states).sort();
    if (!names.length)
        return E('p', {}, [_('No instance is started.')]);
    const rows = names.map((name) => E('tr', { 'class': 'tr' }, [
        E('td', { 'class': 'td' }, [name]),
        E('td', { 'class': 'td' }, told(states[name]).map((line) => E('div', {}, [line]))),
    ]));
    const head = E('tr', { 'class': 'tr table-titles' }, [
        E('th', { 'class': 'th' }, [_('Instance')]),
        E('th', { 'class': 'th' }, [_('Last round')]),
    ]);
    return E('table', { 'class': 'table' }, [head].concat(rows));
}

function report() {
    return L.resolveDefault(fs.exec(SERVICE, ['report']), {}).then((done) => {
        try {
            return JSON.parse(done.stdout || '{}');
        } catch (error) {
            return {};
        }
    });
}

// Run a command of the service and show what it said.
function command(word) {
    return fs.exec(SERVICE, [word]).then((done) => {
        const said = ((done.stdout || '') + (done.stderr || '')).trim();
        ui.addNotification(null, E('pre', {}, [said || (done.code ? _('It failed.') : _('Done.'))]), done.code ? 'warning' : 'info');
    }).catch((error) => {
        ui.addNotification(null, E('p', {}, [error.message]), 'error');
    });
}

function button(word, text) {
    return E('button', { 'class': 'btn cbi-button', 'click': ui.createHandlerFn(null, () => command(word)) }, [text]);
}

// The other settings of a section, a line for each value. A value of several lines has no place here, and is left alone.
function others(section_id) {
    const lines = [];
    const section = uci.get('dormouse', section_id) || {};
    for (const name of Object.keys(section)) {
        if (name.charAt(0) === '.' || FIELDS.includes(name))
            continue;
        for (const value of [].concat(section[name])) {
            if (!String(value).includes('\n'))
                lines.push(name + '=' + value);
        }
    }
    return lines;
}

// Write what is in the last field: a name with several lines is a list, and so is one that was a list before.
function write_others(section_id, lines) {
    const wanted = {};
    for (const line of lines) {
        const at = line.indexOf('=');
        (wanted[line.slice(0, at)] ||= []).push(line.slice(at + 1));
    }
    const section = uci.get('dormouse', section_id) || {};
    for (const name of new Set(others(section_id).map((line) => line.slice(0, line.indexOf('='))))) {
        if (!(name in wanted))
            uci.unset('dormouse', section_id, name);
    }
    for (const name of Object.keys(wanted)) {
        const list = wanted[name].length > 1 || Array.isArray(section[name]);
        uci.set('dormouse', section_id, name, list ? wanted[name] : wanted[name][0]);
    }
}

// Returns true, or what is wrong with a line of the last field.
function right_line(value) {
    const found = /^([a-z][a-z0-9_]*)=(.+)$/.exec(value || '');
    if (!value)
        return true;
    if (!found)
        return _('write name=value, such as update_cron=@every 10m');
    return FIELDS.includes(found[1]) ? _('this setting has a field of its own') : true;
}

function fields(section) {
    const field = (kind, name, title, text) => section.option(kind, name, title, text);
    let one = field(form.Flag, 'enabled', _('Enabled'));
    one.default = '1';
    one.rmempty = false;
    one.editable = true;
    field(form.DynamicList, 'domains', _('Names'), _('The names whose records are kept, such as home.example.org'));
    one = field(form.Value, 'cloudflare_api_token', _('API token'));
    one.password = true;
    one.modalonly = true;
    one = field(form.Value, 'cloudflare_api_token_file', _('File with the token'));
    one.placeholder = '/etc/dormouse/token';
    one.modalonly = true;
    for (const [name, title] of [['ip4_provider', _('Source of IPv4')], ['ip6_provider', _('Source of IPv6')]]) {
        one = field(form.Value, name, title);
        for (const source of ['cloudflare.trace', 'local', 'none'])
            one.value(source);
        one.optional = true;
        one.modalonly = true;
    }
    for (const [name, title, placeholder] of [
        ['proxied', _('Proxied'), 'false'], ['ttl', _('TTL'), '1'], ['boot_wait', _('Wait at boot'), '2m'],
    ]) {
        one = field(form.Value, name, title);
        one.placeholder = placeholder;
        one.modalonly = true;
    }
    field(form.DynamicList, 'waf_lists', _('IP lists'), _('account/list')).modalonly = true;
    field(form.Value, 'config', _('Settings file'), _('A JSON file that is used in place of all settings here')).modalonly = true;
    one = field(form.DynamicList, '_others', _('Other settings'), _('A line name=value for each'));
    one.modalonly = true;
    one.cfgvalue = others;
    one.validate = (section_id, value) => right_line(value);
    one.write = (section_id, value) => write_others(section_id, [].concat(value));
    one.remove = (section_id) => write_others(section_id, []);
}

return view.extend({
    load: function() {
        return Promise.all([report(), uci.load('dormouse')]);
    },

    render: function(loaded) {
        const states = E('div', {}, [table(loaded[0])]);
        poll.add(() => report().then((found) => dom.content(states, [table(found)])), 10);

        const map = new form.Map('dormouse', _('Dormouse'), _('Keeps names at Cloudflare at the address of this router.'));
        const section = map.section(form.GridSection, 'ddns', _('Instances'));
        section.addremove = true;
        section.anonymous = false;
        section.nodescriptions = true;
        fields(section);

        return map.render().then((node) => E('div', {}, [
            E('h3', {}, [_('Status')]),
            states,
            E('p', {}, [button('round', _('Round now')), ' ', button('check', _('Check what is saved'))]),
            node,
        ]));
    },
});

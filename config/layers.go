package config

// layers are the tables of one name in several files. Of each key the last file that has it counts.
// Source: toml.Decode of github.com/BurntSushi/toml into one struct, file after file.
type layers []*table

// value is the text of a key, or a text in its list.
type value struct {
	text string
	key  string // as the file spells it
	of   *table // nil without a key
}

// Origin is the place of a value.
type Origin struct {
	// Source is a file, an environment variable or a flag.
	Source string
	// Line is the key's line in the file, counted from 1; 0 without a file.
	Line int
}

// String returns FILE:LINE, or the source.
func (o Origin) String() string { return place(o.Source, o.Line) }

// origin finds the place of a value, the zero Origin without one.
func (v value) origin() Origin {
	if v.of == nil {
		return Origin{}
	}
	return Origin{v.of.file.Name, v.of.line(v.key)}
}

// with returns the value with another text.
func (v value) with(text string) value {
	v.text = text
	return v
}

// last returns the last table that has the key, and the key's spelling there.
func (l layers) last(key string) (of *table, spelling string) {
	for _, t := range l {
		if found, k := t.find(key); found != nil {
			of, spelling = t, k
		}
	}
	return of, spelling
}

// table returns the tables under a key.
func (l layers) table(key string) (inner layers) {
	for _, t := range l {
		if t := t.table(key); t != nil {
			inner = append(inner, t)
		}
	}
	return inner
}

// text returns the string under a key.
func (l layers) text(key string) value {
	of, spelling := l.last(key)
	if of == nil {
		return value{}
	}
	return value{of.text(key), spelling, of}
}

// number returns the number under a key, 0 without one.
func (l layers) number(key string) (n int64, v value) {
	of, spelling := l.last(key)
	if of == nil {
		return 0, value{}
	}
	n, _ = of.values[spelling].(int64)
	return n, value{"", spelling, of}
}

// list returns the strings in the lists under a key. A list replaces those before, unless it has
// {append=true}, or one before had it and this one does not have {append=false}. Source:
// UnmarshalTOML in pkg/configfile/slice.go.
func (l layers) list(key string) (list []value) {
	adds := false
	for _, t := range l {
		found, spelling := t.find(key)
		items, ok := found.([]any)
		if !ok {
			continue
		}
		var own []value
		for _, item := range items {
			switch item := item.(type) {
			case string:
				own = append(own, value{item, spelling, t})
			case map[string]any:
				if set, ok := item["append"].(bool); ok {
					adds = set
				}
			}
		}
		if !adds {
			list = nil
		}
		list = append(list, own...)
	}
	return list
}

// exact returns the strings in the tables, as upstream reads a map: keys match exactly.
func (l layers) exact() map[string]value {
	all := map[string]value{}
	for _, t := range l {
		for key := range t.values {
			text, _ := t.values[key].(string)
			all[key] = value{text, key, t}
		}
	}
	return all
}

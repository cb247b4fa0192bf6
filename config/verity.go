package config

import "fmt"

// Verity says how fs-verity is used: the key verity in composefs.conf.
type Verity uint8

const (
	// VerityTry enables and checks fs-verity where file system and kernel have it.
	// It is the default.
	VerityTry Verity = iota
	// VerityOff neither enables nor checks fs-verity.
	VerityOff
	// VerityRequire refuses to work where fs-verity cannot be enabled and checked.
	VerityRequire
)

// verityNames holds the values' spellings in composefs.conf.
var verityNames = [...]string{VerityTry: "try", VerityOff: "off", VerityRequire: "require"}

// String returns the value's spelling in composefs.conf.
func (v Verity) String() string {
	if int(v) < len(verityNames) {
		return verityNames[v]
	}
	return fmt.Sprintf("Verity(%d)", uint8(v))
}

// parseComposefs reads composefs.conf. Its keys are exact, and any other key is an
// error: a misspelt "require" must not pass for the default.
func parseComposefs(text *Text, o *Options) error {
	root, err := parseTOML(text)
	if err != nil {
		return err
	}
	for _, key := range root.keys() {
		if key != "verity" {
			return &ValueError{Source: text.Name, Key: root.name(key), Want: `unknown key, the only one is "verity"`}
		}
		value := root.values[key]
		v, ok := parseVerity(value)
		if !ok {
			return root.wrong(key, `must be one of "off", "try" or "require"`)
		}
		o.Verity = v
	}
	return nil
}

func parseVerity(value any) (Verity, bool) {
	for v, name := range verityNames {
		if value == name {
			return Verity(v), true
		}
	}
	return 0, false
}

package config

import "strconv"

// Switch is a setting that is on, off or unset. For containers/storage, an unset one is off.
type Switch uint8

const (
	// Unset is a missing switch.
	Unset Switch = iota
	// Off is a switch with another value than "true".
	Off
	// On is a switch with the value "true".
	On
)

// switchNames are the names of the values.
var switchNames = [...]string{Unset: "unset", Off: "false", On: "true"}

// String returns "unset", "false" or "true".
func (s Switch) String() string {
	if int(s) < len(switchNames) {
		return switchNames[s]
	}
	return "Switch(" + strconv.Itoa(int(s)) + ")"
}

func switchOf(on bool) Switch {
	if on {
		return On
	}
	return Off
}

// Decision is whether new layers of a store become composefs, and the reason. It does not concern
// existing layers.
type Decision uint8

const (
	// NotSet is off: a switch is unset, and the store has no pool.
	NotSet Decision = iota
	// Refused is off: a switch is off.
	Refused
	// ByPool is on: no switch is off, one is unset, and the store has a pool.
	ByPool
	// BySwitches is on: both switches are on.
	BySwitches
)

// decisionNames are the names of the values in the output of status.
var decisionNames = [...]string{NotSet: "unset", Refused: "false", ByPool: "pool", BySwitches: "set"}

// String returns "unset", "false", "pool" or "set".
func (d Decision) String() string {
	if int(d) < len(decisionNames) {
		return decisionNames[d]
	}
	return "Decision(" + strconv.Itoa(int(d)) + ")"
}

// Active reports whether new layers become composefs.
func (d Decision) Active() bool { return d == ByPool || d == BySwitches }

// Decide decides by use_composefs and convert_images. pool reports whether the store has a pool.
// Flags such as podman --root make containers/storage ignore switches of storage.conf: a store with
// a pool then stays composefs, and one without stays plain, as with stock podman.
func (o *Options) Decide(pool bool) Decision {
	switch composefs, convert := o.UseComposefs, o.Pull.ConvertImages; {
	case composefs == Off || convert == Off:
		return Refused
	case composefs == On && convert == On:
		return BySwitches
	case pool:
		return ByPool
	}
	return NotSet
}

// Reason explains a decision in words.
func (o *Options) Reason(d Decision) string {
	named := func(s Switch) string {
		switch composefs, convert := o.UseComposefs == s, o.Pull.ConvertImages == s; {
		case composefs && convert:
			return "use_composefs and convert_images are "
		case composefs:
			return "use_composefs is "
		}
		return "convert_images is "
	}
	switch d {
	case Refused:
		return named(Off) + `not "true"`
	case ByPool:
		return named(Unset) + "unset, and the store has a pool"
	case NotSet:
		return named(Unset) + "unset, and the store has no pool"
	}
	return named(On) + `"true"`
}

// Advice returns the steps that make new layers composefs, none if they are already. from are the
// places of the values, of [Origins]. hidden reports that the driver options of storage.conf are
// ignored, as with podman --root.
func (o *Options) Advice(d Decision, from map[string]Origin, hidden bool) (todo []string) {
	if d.Active() {
		return nil
	}
	file := func(key string) string {
		if at := from[key]; at.Line > 0 {
			return at.Source
		}
		return "storage.conf"
	}
	switch {
	case o.UseComposefs == On:
	case hidden:
		todo = append(todo, "pass --storage-opt overlay.use_composefs=true: flags such as --root, and STORAGE_OPTS, hide use_composefs of storage.conf")
	default:
		todo = append(todo, `set use_composefs = "true" in [storage.options.overlay] of `+file("use_composefs"))
	}
	if o.Pull.ConvertImages != On {
		todo = append(todo, `set convert_images = "true" in [storage.options.pull_options] of `+file("convert_images"))
	}
	return todo
}

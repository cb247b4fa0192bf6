package config

import "strconv"

// Switch is a setting that is on, off, or left out. containers/storage takes one that
// is left out for off.
type Switch uint8

const (
	// Unset is a switch that nothing sets.
	Unset Switch = iota
	// Off is a switch with another value than "true".
	Off
	// On is a switch that is "true".
	On
)

// switchNames holds the values' names.
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

// Decision says whether new layers of a store become composefs, and what decides it. It
// says nothing about existing layers.
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

// decisionNames holds the values' names in the output of status.
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

// Decide decides by use_composefs and convert_images. Flags such as podman --root make
// containers/storage forget switches of storage.conf: a store that has a pool stays
// composefs then, and one that has none stays plain, as with stock podman.
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

// Reason says in words what decides.
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

// Advice returns what to do for new layers to become composefs, nothing if they do. hidden
// says that storage.conf is not asked for driver options, as with podman --root.
func (o *Options) Advice(d Decision, hidden bool) (todo []string) {
	if d.Active() {
		return nil
	}
	switch {
	case o.UseComposefs == On:
	case hidden:
		todo = append(todo, "pass --storage-opt overlay.use_composefs=true: flags such as --root, and STORAGE_OPTS, hide use_composefs of storage.conf")
	default:
		todo = append(todo, `set use_composefs = "true" in [storage.options.overlay] of storage.conf`)
	}
	if o.Pull.ConvertImages != On {
		todo = append(todo, `set convert_images = "true" in [storage.options.pull_options] of storage.conf`)
	}
	return todo
}

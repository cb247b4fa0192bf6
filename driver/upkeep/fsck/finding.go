package fsck

// Severity says how bad a finding is.
type Severity string

// The severities.
const (
	Damage  Severity = "damage"  // something is not what it should be
	Warning Severity = "warning" // something is not as safe as it is said to be
	Info    Severity = "info"    // nothing is wrong
)

// Kind says what was found.
type Kind string

// The kinds.
const (
	ObjectDamaged   Kind = "object damaged" // not the content that its name says, or unreadable
	ObjectMissing   Kind = "object missing" // a layer names it; the layer or the pool has it not
	ImageDamaged    Kind = "layer image damaged"
	MergedDamaged   Kind = "merged image damaged"   // not the content that its name says, or unreadable
	MergedDifferent Kind = "merged image different" // not what merging its layers gives
	ChainDifferent  Kind = "chain different"        // other layers below one than the store has recorded
	LayerMissing    Kind = "layer missing"          // an image has it, and no store
	SealWrong       Kind = "fs-verity wrong"        // the kernel measures another digest
	NotSealed       Kind = "not sealed"             // an image has fs-verity and an object of it has not
	Leaked          Kind = "leaked"                 // objects of a layer that its image does not name
	Garbage         Kind = "garbage"                // objects and images of the pool that no layer has
	LayerGone       Kind = "layer gone"             // the pool has a note of it
	NotChecked      Kind = "not checked"            // it cannot be
)

// Finding is something that was found.
type Finding struct {
	Kind     Kind     `json:"kind"`
	Severity Severity `json:"severity"`
	Store    string   `json:"store"`            // its root
	Object   string   `json:"object,omitempty"` // the object's path in object directories
	Layers   []string `json:"layers,omitempty"` // their IDs
	Paths    []string `json:"paths,omitempty"`  // files of the store
	Detail   string   `json:"detail"`
	Count    int      `json:"count,omitempty"` // where several things are one finding
	Bytes    int64    `json:"bytes,omitempty"`
	Uses     []Use    `json:"uses,omitempty"`
	Repaired string   `json:"repaired,omitempty"` // how, or "" if it was not
	Removed  bool     `json:"removed,omitempty"`  // the object, of which there is no good copy
	Remedy   string   `json:"remedy,omitempty"`   // what is left to do

	pool   *pool
	fault  *fault  // of an object
	merged *merged // of a merged image
}

// Use is a container image that a finding concerns.
type Use struct {
	Image string   `json:"image"` // ID
	Names []string `json:"names"`
	Files []string `json:"files,omitempty"` // those that have the content, sorted
}

// Report is the result of a check.
type Report struct {
	Images   int        `json:"images"`
	Layers   int        `json:"layers"`  // that are composefs
	Objects  int        `json:"objects"` // files that were read
	Merged   int        `json:"merged_images"`
	Bytes    int64      `json:"bytes"` // that were read of objects
	Findings []*Finding `json:"findings"`

	// Commands repair what a check has found, each what the ones before do not.
	Commands []string `json:"commands,omitempty"`
}

// Damaged returns how many findings are damage that was not repaired.
func (r *Report) Damaged() (n int) {
	for _, f := range r.Findings {
		if f.Severity == Damage && f.Repaired == "" {
			n++
		}
	}
	return n
}

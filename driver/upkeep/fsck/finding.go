package fsck

// Severity is the severity of a finding.
type Severity string

// The severities.
const (
	Damage  Severity = "damage"  // a file is wrong or missing
	Warning Severity = "warning" // a file lacks a promised protection
	Info    Severity = "info"    // no fault
)

// Kind is the kind of a finding.
type Kind string

// The kinds.
const (
	ObjectDamaged   Kind = "object damaged" // the content does not match the name, or is unreadable
	ObjectMissing   Kind = "object missing" // a layer image names an object that the layer or the pool lacks
	ImageDamaged    Kind = "layer image damaged"
	MergedDamaged   Kind = "merged image damaged"   // the content does not match the name, or is unreadable
	MergedDifferent Kind = "merged image different" // merging the layers gives another image
	ChainDifferent  Kind = "chain different"        // the files of a layer name other layers below it than the store
	LayerMissing    Kind = "layer missing"          // no store has a layer of an image
	SealWrong       Kind = "fs-verity wrong"        // the kernel measures another digest
	NotSealed       Kind = "not sealed"             // an object of an image with fs-verity lacks fs-verity
	Leaked          Kind = "leaked"                 // objects of a layer that its image does not name
	Garbage         Kind = "garbage"                // objects and images of the pool that no layer has
	LayerGone       Kind = "layer gone"             // the pool has an entry of a missing layer
	NotChecked      Kind = "not checked"            // it cannot be checked
)

// Finding is a result of a check.
type Finding struct {
	Kind     Kind     `json:"kind"`
	Severity Severity `json:"severity"`
	Store    string   `json:"store"`            // its root
	Object   string   `json:"object,omitempty"` // the object's path in object directories
	Layers   []string `json:"layers,omitempty"` // their IDs
	Paths    []string `json:"paths,omitempty"`  // files of the store
	Detail   string   `json:"detail"`
	Count    int      `json:"count,omitempty"` // number of files in one finding
	Bytes    int64    `json:"bytes,omitempty"`
	Uses     []Use    `json:"uses,omitempty"`
	Repaired string   `json:"repaired,omitempty"` // the repair, or "" for none
	Removed  bool     `json:"removed,omitempty"`  // the object was removed, because there is no good copy
	Remedy   string   `json:"remedy,omitempty"`   // the next step for the user

	pool   *poolCheck
	fault  *fault  // of an object
	merged *merged // of a merged image
}

// Use is a container image that a finding concerns.
type Use struct {
	Image string   `json:"image"` // ID
	Names []string `json:"names"`
	Files []string `json:"files,omitempty"` // the files with the content, sorted
}

// Report is the result of a check.
type Report struct {
	Images   int        `json:"images"`
	Layers   int        `json:"layers"`  // composefs layers
	Objects  int        `json:"objects"` // files read
	Merged   int        `json:"merged_images"`
	Bytes    int64      `json:"bytes"` // bytes of objects read
	Findings []*Finding `json:"findings"`

	// Commands are the commands that repair the findings of a check. All of them are needed.
	Commands []string `json:"commands,omitempty"`
}

// Damaged returns the number of findings with unrepaired damage.
func (r *Report) Damaged() (n int) {
	for _, f := range r.Findings {
		if f.Severity == Damage && f.Repaired == "" {
			n++
		}
	}
	return n
}

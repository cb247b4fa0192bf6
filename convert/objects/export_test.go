package objects

// SetFault makes the pool ask fault before each step: "link", "create", "write",
// "syncfs" and "publish".
func (p *Pool) SetFault(fault func(step string) error) { p.fault = fault }

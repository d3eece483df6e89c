package oidc

// person is somebody of the staff.
type person struct {
	Subject string
	Name    string
	Email   string
	Roles   []string
	Short   string // preferred_username; empty: none
}

// people are who may log in. One of them has no role at all: not everybody in a
// company may see payments.
var people = []person{
	{"staff-1", "王店长", "wang@shop.example", []string{"admin"}, "wang"},
	{"staff-2", "李客服", "li@shop.example", []string{"support"}, "li"},
	{"staff-3", "张会计", "zhang@shop.example", []string{"finance"}, "zhang"},
	{"staff-4", "赵实习", "zhao@shop.example", []string{}, ""},
	{"staff-5", "周阅", "vera@pay.example", []string{"viewer"}, "vera"},
	{"staff-6", "吴助", "anna@pay.example", []string{"agent"}, "anna"},
	{"staff-7", "郑督", "sofia@pay.example", []string{"supervisor"}, "sofia"},
	{"staff-8", "冯维", "otto@pay.example", []string{"operator"}, "otto"},
}

// hinted are those whom a login is about to be of; all where nobody of the name is known.
func hinted(hint string) []person {
	for _, p := range people {
		if hint != "" && (p.Short == hint || p.Subject == hint) {
			return []person{p}
		}
	}
	return people
}

func byName(subject string) (person, bool) {
	for _, p := range people {
		if p.Subject == subject {
			return p, true
		}
	}
	return person{}, false
}

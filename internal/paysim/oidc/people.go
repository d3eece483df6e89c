package oidc

// person is somebody of the staff.
type person struct {
	Subject string
	Name    string
	Email   string
	Roles   []string
}

// people are who may log in. One of them has no role at all: not everybody in a
// company may see payments.
var people = []person{
	{"staff-1", "王店长", "wang@shop.example", []string{"admin"}},
	{"staff-2", "李客服", "li@shop.example", []string{"support"}},
	{"staff-3", "张会计", "zhang@shop.example", []string{"finance"}},
	{"staff-4", "赵实习", "zhao@shop.example", []string{}},
}

func byName(subject string) (person, bool) {
	for _, p := range people {
		if p.Subject == subject {
			return p, true
		}
	}
	return person{}, false
}

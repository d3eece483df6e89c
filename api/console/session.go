package console

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web/console"
)

// Cookie holds a colleague's session. The prefix makes browsers refuse it from any other host.
const Cookie = "__Host-friendpay-staff"

const (
	shift  = token.Shift      // after that he logs in again
	idle   = time.Hour        // without a page
	renews = 10 * time.Minute // how old the proof may get while pages are asked for
)

var (
	errNobody      = models.Refuse(models.Unauthenticated, "unauthenticated", "Log in to the support console.")
	errForeignForm = models.Refuse(models.Forbidden, "foreign_form",
		"This form is not of your session: it is of another login, or of another site.")
)

// Session is a colleague who is logged in; the zero value is nobody.
type Session struct {
	Name  string // as the audit keeps it behind "staff:"
	Role  support.Role
	began time.Time // when he logged in
	until time.Time // when this proof of it ends
	word  string    // random: what his forms are bound to
}

// Person is who gives a command.
func (s Session) Person() support.Person {
	return support.Person{Name: "staff:" + s.Name, Role: s.Role}
}

// May says that the role is at least another.
func (s Session) May(role support.Role) bool {
	return slices.Index(support.Roles, s.Role) >= max(slices.Index(support.Roles, role), 0)
}

func (s Session) view() console.Who {
	if s.Name == "" {
		return console.Who{}
	}
	return console.Who{Name: s.Name, Role: string(s.Role), Form: s.form()}
}

// form is what forms of this session carry: it follows from the session and tells nothing of it.
func (s Session) form() string {
	sum := sha256.Sum256([]byte("friendpay form v1|" + s.word))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

func (s Session) sent(form string) bool {
	return s.word != "" && subtle.ConstantTimeCompare([]byte(s.form()), []byte(form)) == 1
}

// highest is the most that a list of roles allows; false: none of them is known here.
func highest(roles []string) (support.Role, bool) {
	for _, role := range slices.Backward(support.Roles) {
		if slices.Contains(roles, string(role)) {
			return role, true
		}
	}
	return "", false
}

// Admit reads the session of a call. Tokens that programs carry are none: they have no word.
func (k *Console) Admit(r *http.Request) (Session, error) {
	cookie, err := r.Cookie(Cookie)
	if err != nil {
		return Session{}, errNobody
	}
	claims, err := k.tokens.Staff(cookie.Value)
	if err != nil || claims.Session == "" {
		return Session{}, errNobody
	}
	role, known := highest(claims.Roles)
	began := time.Unix(claims.Began, 0)
	if !known || k.Clock().After(began.Add(shift)) {
		return Session{}, errNobody
	}
	return Session{
		Name: claims.Subject, Role: role, began: began, until: claims.ExpiresAt.Time, word: claims.Session,
	}, nil
}

// begin gives a colleague a session.
func (k *Console) begin(c echo.Context, name string, role support.Role) error {
	return k.keep(c, Session{Name: name, Role: role, began: k.Clock(), word: rand.Text()})
}

// prolong keeps who is at work logged in, to the end of his shift.
func (k *Console) prolong(c echo.Context, who Session) error {
	if who.until.Sub(k.Clock()) > idle-renews || !who.until.Before(who.began.Add(shift)) {
		return nil
	}
	return k.keep(c, who)
}

func (k *Console) keep(c echo.Context, who Session) error {
	life := min(idle, who.began.Add(shift).Sub(k.Clock()))
	signed, until, err := k.tokens.SignStaff(token.StaffClaims{
		RegisteredClaims: jwt.RegisteredClaims{Subject: who.Name}, Roles: []string{string(who.Role)},
		Session: who.word, Began: who.began.Unix(),
	}, life)
	if err != nil {
		return err
	}
	c.SetCookie(cookie(Cookie, signed, int(until.Sub(k.Clock()).Seconds())))
	return nil
}

// cookie is sent back to this host only, never shown to scripts, and not sent along with forms of
// other sites. Links from a chat or the issuer's way back do bring it. A negative age takes it away.
func cookie(name, value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age, Secure: true, HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
}

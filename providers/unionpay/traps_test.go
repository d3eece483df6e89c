package unionpay_test

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// traps maps every trap of testdata/traps.txt to the test that proves it handled.
var traps = map[string]string{
	"1.3":     "TestAnOrderIsAskedForByItsNumberAndTheTimeItWasMade",
	"1.5":     "TestNothingIsClosed",
	"1.6":     "TestContract",
	"1.7":     "TestCallbacksAreReadByTheirKind",
	"1.8":     "TestAnAnswerIsAboutWhatWasAsked",
	"1.10":    "TestOrdersThatUnionPayWouldNotTakeAreNotSent",
	"1.11":    "TestMoneyWithoutProofIsNone",
	"1.12":    "TestATimeWithoutAYearIsTheNearest",
	"4.1.1":   "TestARecordedCall",
	"4.1.2":   "TestCallbacksAreReadByTheirKind",
	"4.1.3":   "TestCertificatesThatProveNothingAreNotBelieved",
	"4.1.4":   "TestSettingsThatCannotWorkAreRefused",
	"4.1.5":   "TestACertificateMayEndWithANewline",
	"4.2.1":   "TestEachCallGoesToItsAddress",
	"4.3.1":   "TestAnAnswerIsReadAsItIsWritten",
	"4.3.2":   "TestARecordedAnswer",
	"4.3.3":   "TestForgedCallbacksAreRefused",
	"4.3.4":   "TestAnAnswerWithoutEndIsCut",
	"4.4.1":   "TestEmptyFieldsAreSignedAsTheyCome",
	"4.4.2":   "TestForgedCallbacksAreRefused",
	"4.4.3":   "TestARecordedCall",
	"4.4.4":   "TestARecordedCall",
	"4.4.5":   "TestCertificatesThatProveNothingAreNotBelieved",
	"4.4.6":   "TestOnlyWhatVerifiesIsBelieved",
	"4.4.7":   "TestTheTestSystemHasAnotherName",
	"4.4.8":   "TestForgedCallbacksAreRefused",
	"4.4.9":   "TestForgedCallbacksAreRefused",
	"4.4.10":  "TestACallbackHasNoFreshTime",
	"4.4.11":  "TestACertificateCountsAtItsTime",
	"4.4.12":  "TestManyCertificatesTakeNoRoom",
	"4.5.1":   "TestAnOrderIsAskedForByItsNumberAndTheTimeItWasMade",
	"4.5.2":   "TestOrdersThatUnionPayWouldNotTakeAreNotSent",
	"4.5.3":   "TestWhatHasAMeaningInAMessageIsTakenOutOfTexts",
	"4.6.1":   "TestABrowsersOrderIsASignedFormAndCallsNobody",
	"4.6.2":   "TestABrowsersOrderIsASignedFormAndCallsNobody",
	"4.6.3":   "TestASecondCreationIsADuplicate",
	"4.6.4":   "TestTheEndIsInWholeSecondsOfShanghaiAndNotLater",
	"4.6.5":   "TestAnAnswerWithNothingToPayWithIsNoOrder",
	"4.6.6":   "TestLateMoneyThatGoesBackByItselfIsNone",
	"4.7.1":   "TestTheAnswersOwnCodeIsNotTheOrders",
	"4.7.2":   "TestWhatBecameOfAnOrderIsTranslated",
	"4.7.3":   "TestACardThatFailsLeavesTheOrderToAnother",
	"4.7.4":   "TestAnUnknownOrderIsNotCreated",
	"4.7.5":   "TestWhatBecameOfAnOrderIsTranslated",
	"4.7.6":   "TestARefundIsAskedForByItsOwnNumberAndTime",
	"4.7.7":   "TestTheAnswersOwnCodeIsNotTheOrders",
	"4.7.8":   "TestMoneyWithoutProofIsNone",
	"4.7.9":   "TestCouponsAreAPartOfTheAmount",
	"4.7.10":  "TestFundingNeverHasACardNumber",
	"4.8.1":   "TestARefundIsAcceptedFirstAndDoneLater",
	"4.8.2":   "TestARefundIsAcceptedFirstAndDoneLater",
	"4.8.3":   "TestARefundThatIsThereIsAskedFor",
	"4.8.4":   "TestARefundRepeatsHowThePaymentWasMade",
	"4.8.5":   "TestThePaymentsNumberIsAskedForWhereItIsNotKnown",
	"4.8.6":   "TestRefusedRefundsAreClassed",
	"4.8.7":   "TestARefundIsAcceptedFirstAndDoneLater",
	"4.8.8":   "TestRefundStatesAreTranslated",
	"4.9.1":   "TestGenuineCallbacksThatAreNotUnderstood",
	"4.9.2":   "TestTheStatusAcknowledges",
	"4.9.3":   "TestGenuineCallbacksThatAreNotUnderstood",
	"4.9.4":   "TestACallbackMayBeSpelledInAnyWay",
	"4.10.1":  "TestARecordedFile",
	"4.10.2":  "TestADayWithoutAStatement",
	"4.10.3":  "TestAStatementThatIsNotTheOneAskedForIsNotBelieved",
	"4.10.4":  "TestRowsThatAreShiftedOrOddAreNotBelieved",
	"4.10.5":  "TestAStatementIsReadToTheFen",
	"4.10.6":  "TestAStatementIsReadToTheFen",
	"4.10.7":  "TestAStatementIsReadToTheFen",
	"4.10.8":  "TestContract",
	"4.10.9":  "TestAStatementTakesNoMemory",
	"4.10.10": "TestAStatementIsReadToTheFen",
	"4.11.1":  "TestRefusedRefundsAreClassed",
	"4.11.2":  "TestTheAnswersOwnCodeIsNotTheOrders",
	"4.11.3":  "TestWordsThatMayNameAPayerAreTakenOut",
	"7.1":     "TestOnlyWhatVerifiesIsBelieved",
}

func TestEveryTrapHasItsTest(t *testing.T) {
	t.Parallel()
	listed, tests := listedTraps(t), testsHere(t)
	for number, what := range listed {
		require.Contains(t, traps, number, "no row for: %s", what)
	}
	for number, name := range traps {
		require.Contains(t, listed, number, "a row for a trap that is not listed")
		require.True(t, tests[name], "trap %s: there is no test %s", number, name)
	}
}

// listedTraps is testdata/traps.txt by number.
func listedTraps(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "traps.txt"))
	require.NoError(t, err)
	defer file.Close()
	listed := map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		number, what, ok := strings.Cut(lines.Text(), " ")
		if number == "#" {
			continue
		}
		require.True(t, ok && what != "", lines.Text())
		require.NotContains(t, listed, number)
		listed[number] = what
	}
	require.NoError(t, lines.Err())
	require.NotEmpty(t, listed)
	return listed
}

// testsHere are the test functions of this folder.
func testsHere(t *testing.T) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	found := map[string]bool{}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if ok && function.Recv == nil && strings.HasPrefix(function.Name.Name, "Test") {
				found[function.Name.Name] = true
			}
		}
	}
	return found
}

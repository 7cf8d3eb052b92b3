"""The tables of the identity checks."""

from kyc.models.bank_accounts import (
    BankAccount as BankAccount,
)
from kyc.models.bank_accounts import (
    BankAccountState as BankAccountState,
)
from kyc.models.bank_accounts import (
    BankAccountUse as BankAccountUse,
)
from kyc.models.branches import (
    BankBranch as BankBranch,
)
from kyc.models.cases import (
    Case as Case,
)
from kyc.models.cases import (
    CaseEvent as CaseEvent,
)
from kyc.models.cases import (
    CaseState as CaseState,
)
from kyc.models.cases import (
    Level as Level,
)
from kyc.models.cases import (
    Part as Part,
)
from kyc.models.claims import (
    CaseClaim as CaseClaim,
)
from kyc.models.customers import (
    CustomerKey as CustomerKey,
)
from kyc.models.customers import (
    Gender as Gender,
)
from kyc.models.customers import (
    Identity as Identity,
)
from kyc.models.customers import (
    IdType as IdType,
)
from kyc.models.customers import (
    NamedNumber as NamedNumber,
)
from kyc.models.decisions import (
    CaseDecision as CaseDecision,
)
from kyc.models.decisions import (
    Verdict as Verdict,
)
from kyc.models.documents import (
    Document as Document,
)
from kyc.models.documents import (
    DocumentKind as DocumentKind,
)
from kyc.models.documents import (
    DocumentState as DocumentState,
)
from kyc.models.hints import (
    Compared as Compared,
)
from kyc.models.hints import (
    DocumentHints as DocumentHints,
)
from kyc.models.hints import (
    HintState as HintState,
)
from kyc.models.hints import (
    ImagePrint as ImagePrint,
)
from kyc.models.hints import (
    Likeness as Likeness,
)
from kyc.models.privacy import (
    Retention as Retention,
)
from kyc.models.recovery import (
    RecoverySelfie as RecoverySelfie,
)
from kyc.models.uploads import (
    Upload as Upload,
)
from kyc.models.uploads import (
    UploadForm as UploadForm,
)

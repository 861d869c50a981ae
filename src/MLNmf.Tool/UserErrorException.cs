namespace MLNmf.Tool;

/// <summary>Something that the user can mend; the message says what, and how.</summary>
internal sealed class UserErrorException(string message) : Exception(message);

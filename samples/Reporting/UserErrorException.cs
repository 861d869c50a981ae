namespace Reporting;

/// <summary>Something that the user can put right. The message is the one line that the program prints before it ends
/// with exit code 2.</summary>
public sealed class UserErrorException(string message) : Exception(message);

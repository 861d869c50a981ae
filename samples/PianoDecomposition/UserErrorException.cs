namespace PianoDecomposition;

/// <summary>Something that the user can put right. The message is the one line that the program prints before it ends with exit code 2.</summary>
internal sealed class UserErrorException(string message) : Exception(message);

namespace Microsoft.ML;

/// <summary>
/// A saved model cannot be served: the file is missing, cannot be read, is not a model, or does not fit the input
/// and output classes. The message names the model, the file and the reason;
/// <see cref="Exception.InnerException"/> is the cause.
/// </summary>
public sealed class NmfPredictorLoadException : Exception
{
    internal NmfPredictorLoadException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

using Microsoft.Extensions.Logging;

namespace Microsoft.ML;

/// <summary>A log whose failures (a full disk, a collector that is away) are not to end what is logged: following a
/// file, a reload.</summary>
/// <param name="inner">The log.</param>
internal sealed class ForgivingLogger(ILogger inner) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return inner.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        try
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // There is no other place to tell it.
        }
    }
}

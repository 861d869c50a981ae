using System.Globalization;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Messages of a channel in the invariant culture; ML.NET's methods of these names format in that of the
/// machine, and are farther away.</summary>
internal static class InvariantChannel
{
    public static void Trace(this IChannel channel, string format, params object?[] arguments)
        => Send(channel, ChannelMessageKind.Trace, format, arguments);

    public static void Info(this IChannel channel, string format, params object?[] arguments)
        => Send(channel, ChannelMessageKind.Info, format, arguments);

    public static void Warning(this IChannel channel, string format, params object?[] arguments)
        => Send(channel, ChannelMessageKind.Warning, format, arguments);

    private static void Send(IChannel channel, ChannelMessageKind kind, string format, object?[] arguments)
        => channel.Send(new ChannelMessage(
            kind, MessageSensitivity.Unknown,
            arguments.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, arguments)));
}

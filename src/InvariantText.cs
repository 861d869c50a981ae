using System.ComponentModel;
using System.Globalization;
using System.Text;

namespace Microsoft.CodeAnalysis
{
    /// <summary>Hides a type from other assemblies, friends too.</summary>
    [Embedded]
    [AttributeUsage(AttributeTargets.All)]
    internal sealed class EmbeddedAttribute : Attribute;
}

namespace System.Runtime.CompilerServices
{
    /// <summary>
    /// What the compiler makes text of <c>$"…"</c> with, in each of the libraries that compile this file: as the
    /// runtime's type of this name, but in the invariant culture, so that no message depends on the machine.
    /// </summary>
    [Microsoft.CodeAnalysis.Embedded]
    [EditorBrowsable(EditorBrowsableState.Never)]
    [InterpolatedStringHandler]
    internal ref struct DefaultInterpolatedStringHandler
    {
        private readonly StringBuilder _text;
        private StringBuilder.AppendInterpolatedStringHandler _handler;

        public DefaultInterpolatedStringHandler(int literalLength, int formattedCount)
        {
            _text = new StringBuilder(literalLength);
            _handler = new(literalLength, formattedCount, _text, CultureInfo.InvariantCulture);
        }

        public void AppendLiteral(string value) => _handler.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => _handler.AppendFormatted(value);

        public void AppendFormatted<T>(T value, string? format) => _handler.AppendFormatted(value, format);

        public void AppendFormatted<T>(T value, int alignment) => _handler.AppendFormatted(value, alignment);

        public void AppendFormatted<T>(T value, int alignment, string? format)
            => _handler.AppendFormatted(value, alignment, format);

        public void AppendFormatted(ReadOnlySpan<char> value) => _handler.AppendFormatted(value);

        public void AppendFormatted(string? value) => _handler.AppendFormatted(value);

        public readonly string ToStringAndClear() => _text.ToString();
    }
}

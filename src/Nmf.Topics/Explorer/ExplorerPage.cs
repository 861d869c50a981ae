using System.Security.Cryptography;
using System.Text;

namespace Nmf.Topics;

/// <summary>Puts the page together: the parts that are files beside this one, and the data.</summary>
internal static class ExplorerPage
{
    // Parts of one script, in this order.
    private static readonly string[] Scripts = ["data.js", "map.js", "tree.js", "panels.js", "main.js"];

    // Shorter texts say nothing.
    private const int ShortestText = 100;

    public static void Write(
        TopicExplorer explorer, Stream stream, IProgress<TopicExplorerProgress>? progress,
        CancellationToken cancellationToken)
    {
        var data = ExplorerData.Of(explorer, progress, cancellationToken);
        var (style, script) = (Resource("explorer.css"), string.Concat(Scripts.Select(Resource)));
        // Everything but these two is refused by the browser, whatever the data are.
        var parts = Resource("explorer.html").Replace("{style-hash}", Hash(style), StringComparison.Ordinal)
            .Replace("{script-hash}", Hash(script), StringComparison.Ordinal).Split("{data}");
        var before = Encoding.UTF8.GetBytes(parts[0].Replace("{style}", style, StringComparison.Ordinal));
        var after = Encoding.UTF8.GetBytes(parts[1].Replace("{script}", script, StringComparison.Ordinal));

        var budget = explorer.Options.MaximumSize - before.Length - after.Length;
        var (documents, length) = (explorer.Options.DocumentsPerTopic, explorer.Options.TextLength);
        while (documents > 0 && Size(documents, length) > budget)
        {
            if (length > ShortestText)
                length = Math.Max(ShortestText, length / 2);
            else
                documents /= 2;
        }

        stream.Write(before);
        progress?.Report(new("writing the page", 0, 1));
        data.WriteJson(stream, documents, length, cancellationToken);
        stream.Write(after);
        progress?.Report(new("writing the page", 1, 1));

        long Size(int documents, int length)
        {
            using var counter = new CountingStream();
            data.WriteJson(counter, documents, length, cancellationToken);
            return counter.Length;
        }
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(
            typeof(ExplorerPage).Assembly.GetManifestResourceStream($"Nmf.Topics.{name}")!, Encoding.UTF8);
        // Browsers see line feeds alone, and the hash is of what they see.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static string Hash(string text)
        => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private sealed class CountingStream : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => _length += count;

        public override void Write(ReadOnlySpan<byte> buffer) => _length += buffer.Length;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNmf.Tests;

/// <summary>Truncated, altered and hostile model files: only the documented exceptions, quickly, and without memory for
/// data that is not there.</summary>
/// <typeparam name="TTransformer">What is stored.</typeparam>
public abstract class DamagedModelContract<TTransformer>
    where TTransformer : class, ITransformer
{
    private const long MostAllocated = 4L << 20;

    private readonly ITestOutputHelper _output;
    private readonly MLContext _context = new(seed: 1);
    private readonly TTransformer _model;
    private readonly IDataView _view;

    protected DamagedModelContract(ITestOutputHelper output)
    {
        _output = output;
        (_model, _view) = Fit(_context);
    }

    /// <summary>Alterations of what the library wrote that are tried.</summary>
    protected virtual int Alterations => 1000;

    /// <summary>A small model and the data that it was fitted to.</summary>
    protected abstract (TTransformer Model, IDataView View) Fit(MLContext context);

    /// <summary>Uses a model that was loaded from an altered stream: what loads must also work,
    /// or say why not.</summary>
    protected abstract void Use(TTransformer model, IDataView view);

    [Fact]
    public void Every_truncation_of_a_stream_is_refused()
    {
        var bytes = ModelStream.Save(_model);
        for (var length = 0; length < bytes.Length; length++)
        {
            var error = Record.Exception(() => ModelStream.Load<TTransformer>(bytes[..length]));
            Assert.True(error is not null && IsOfMlNet(error), $"{length} of {bytes.Length} bytes: {error}");
        }
    }

    [Fact]
    public void Every_change_of_what_the_library_wrote_is_refused()
    {
        var bytes = ModelStream.Save(_model);
        var (start, length) = ModelStream.Payload(bytes);
        for (var at = start; at < start + length; at++)
        {
            var altered = (byte[])bytes.Clone();
            altered[at] ^= (byte)(1 << (at % 8));
            var error = Record.Exception(() => ModelStream.Load<TTransformer>(altered));
            Assert.True(error is not null && IsNullOrFormatError(error), $"byte {at}: {error}");
        }
    }

    [Fact]
    public void A_model_of_a_newer_version_says_so()
    {
        var bytes = ModelStream.Save(_model);
        foreach (var at in VersionsOfHeader)
            bytes[at] += 5;
        var error = Record.Exception(() => ModelStream.Load<TTransformer>(bytes));
        Assert.True(IsNullOrFormatError(error), $"{error}");
        Assert.Contains("newer version of MLNmf", error!.GetBaseException().Message, StringComparison.Ordinal);
        Assert.Contains(typeof(TTransformer).Name, error.GetBaseException().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Altered_content_with_a_right_checksum_loads_or_is_a_format_error()
    {
        var bytes = ModelStream.Save(_model);
        var (start, length) = ModelStream.Payload(bytes);
        var random = new Random(11);
        var (loaded, refused) = (0, 0);
        for (var i = 0; i < Alterations; i++)
        {
            var altered = (byte[])bytes.Clone();
            Alter(altered.AsSpan(start, length - SHA256.HashSizeInBytes), random);
            ModelStream.WriteChecksum(altered);
            var before = GC.GetAllocatedBytesForCurrentThread();
            TTransformer? transformer = null;
            var error = Record.Exception(() => transformer = ModelStream.Load<TTransformer>(altered));
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            Assert.True(IsNullOrFormatError(error), $"alteration {i}: {error}");
            Assert.InRange(allocated, 0, MostAllocated);
            if (error is null)
            {
                loaded++;
                Use(transformer!, _view);
            }
            else
            {
                refused++;
            }
        }

        // Some alterations hit digits of weights, others structure: both must have been seen.
        Assert.InRange(loaded, Alterations / 40, Alterations);
        Assert.InRange(refused, Alterations / 40, Alterations);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(int.MaxValue / 2)]
    [InlineData(100_000_000)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(int.MinValue)]
    public void No_size_in_the_stream_is_believed(int size)
    {
        var bytes = ModelStream.Save(_model);
        var (start, length) = ModelStream.Payload(bytes);
        for (var at = start; at + sizeof(int) <= start + length - SHA256.HashSizeInBytes; at++)
        {
            var altered = (byte[])bytes.Clone();
            BinaryPrimitives.WriteInt32LittleEndian(altered.AsSpan(at), size);
            ModelStream.WriteChecksum(altered);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var error = Record.Exception(() => ModelStream.Load<TTransformer>(altered));
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            Assert.True(IsNullOrFormatError(error), $"{size} at {at}: {error}");
            Assert.InRange(allocated, 0, MostAllocated);
        }
    }

    [Fact]
    public void Streams_and_files_with_damage_anywhere_load_or_give_errors_of_ml_net()
    {
        using var file = new MemoryStream();
        _context.Model.Save(_model, _view.Schema, file);
        var seen = new SortedDictionary<string, int>();
        var random = new Random(13);
        Try(ModelStream.Save(_model), Alterations / 2, AlteredBytes, bytes => ModelStream.Load<TTransformer>(bytes));
        Try(
            file.ToArray(), Alterations / 8, AlteredEntry,
            bytes => new MLContext().Model.Load(new MemoryStream(bytes), out _));
        foreach (var (name, count) in seen)
            _output.WriteLine($"{name}: {count}");
        Assert.True(seen.Count > 1 && seen.ContainsKey("loaded"), "All damage had the same effect.");

        void Try(byte[] bytes, int times, Func<byte[], Random, byte[]> alter, Action<byte[]> load)
        {
            for (var i = 0; i < times; i++)
            {
                var altered = random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : alter(bytes, random);
                var error = Record.Exception(() => load(altered));
                var name = error?.GetType().Name ?? "loaded";
                seen[name] = seen.GetValueOrDefault(name) + 1;
                Assert.True(error is null || IsOfMlNet(error), $"alteration {i}: {error}");
            }
        }
    }

    // ML.NET creates a loaded object by reflection and wraps what it throws in an InvalidOperationException.
    private static bool IsNullOrFormatError(Exception? error)
        => error is null or FormatException
            || (error is InvalidOperationException && error.InnerException is TargetInvocationException cause
                && cause.InnerException is FormatException);

    // What ML.NET's own container code throws for a damaged archive, header or name of an assembly, in a chain wrapped
    // once more, and what this library throws, which is marked and so is never wrapped alone.
    private static bool IsOfMlNet(Exception error)
        => error is TargetInvocationException
            { InnerException: FileNotFoundException or FileLoadException or ArgumentException }
            || error is FormatException or InvalidOperationException or IOException or InvalidDataException
            or ArgumentException or OverflowException;

    // Where ML.NET's header has the versions of the model: that of the writer and that which readers need.
    private static ReadOnlySpan<int> VersionsOfHeader => [72, 76];

    private static byte[] AlteredBytes(byte[] bytes, Random random)
    {
        var altered = (byte[])bytes.Clone();
        Alter(altered, random);
        return altered;
    }

    // Not the schema, which ML.NET reads: it believes a size of gigabytes there, so that the outcome would depend on
    // the memory that is free.
    private static byte[] AlteredEntry(byte[] file, Random random)
    {
        using var stream = new MemoryStream();
        stream.Write(file);
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            var entries = archive.Entries.Where(
                entry => entry.Length >= 8 && !entry.FullName.Contains("Schema", StringComparison.Ordinal)).ToArray();
            using var content = entries[random.Next(entries.Length)].Open();
            var bytes = new byte[content.Length];
            content.ReadExactly(bytes);
            Alter(bytes, random);
            content.Position = 0;
            content.Write(bytes);
        }

        return stream.ToArray();
    }

    private static void Alter(Span<byte> bytes, Random random)
    {
        switch (random.Next(3))
        {
            case 0:
                for (var flips = random.Next(1, 4); flips > 0; flips--)
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                BinaryPrimitives.WriteInt32LittleEndian(
                    bytes[random.Next(bytes.Length - 3)..], random.Next(int.MinValue, int.MaxValue));
                break;
            default:
                random.NextBytes(bytes.Slice(random.Next(bytes.Length - 8), 8));
                break;
        }
    }
}

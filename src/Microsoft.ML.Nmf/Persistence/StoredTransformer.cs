using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>A transformer that ML.NET stores and finds again by the name in the file.</summary>
/// <remarks>Its assembly names <see cref="TransformerLoader{T}"/> in its LoadableClass attributes.</remarks>
internal interface IStoredTransformer<TSelf>
    where TSelf : class, IStoredTransformer<TSelf>
{
    /// <summary>How files of it are recognised.</summary>
    static abstract StoredFormat Format { get; }

    /// <summary>Reads the content.</summary>
    static abstract TSelf Load(IHost host, CheckedReader reader);
}

/// <summary>A transformer that maps row by row.</summary>
internal interface IStoredRowTransformer<TSelf> : IStoredTransformer<TSelf>
    where TSelf : class, IStoredRowTransformer<TSelf>
{
    IDataTransform CreateTransform(IDataView input);

    IRowMapper CreateMapper(DataViewSchema schema);
}

/// <summary>How the files of a transformer are recognised: ML.NET's header, the content, and its SHA-256, without
/// which one wrong bit would be another answer.</summary>
/// <param name="transformer">The transformer.</param>
/// <param name="modelSignature">Eight characters of its own.</param>
/// <param name="loaderSignature">Its name among ML.NET's, at most 24 characters.</param>
/// <param name="version">Version that is written, the first with a checksum; older ones are read.</param>
internal sealed class StoredFormat(Type transformer, string modelSignature, string loaderSignature, uint version)
{
    private const uint FirstVersion = 0x00010001;
    private const uint NumberOfVersion = 0xFFFF;

    private VersionInfo Info => new(
        modelSignature: modelSignature,
        verWrittenCur: version,
        verReadableCur: version,
        verWeCanReadBack: FirstVersion,
        loaderSignature: loaderSignature,
        // The simple name: ML.NET loads the assembly by it, and a full one would tie a model to a version.
        loaderAssemblyName: transformer.Assembly.GetName().Name);

    /// <summary>Writes header, content and checksum.</summary>
    public void Save(IHost host, ModelSaveContext ctx, Action<BinaryWriter> write)
    {
        host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Info);
        Checksum.Write(ctx.Writer.BaseStream, write);
    }

    /// <summary>Checks header and checksum and reads the content.</summary>
    /// <exception cref="FormatException">The file is damaged, of another transformer, or of a newer
    /// version.</exception>
    public T Load<T>(IHostEnvironment env, ModelLoadContext ctx, Func<IHost, CheckedReader, T> load)
    {
        Contracts.CheckValue(env, nameof(env));
        var host = env.Register(transformer.Name);
        host.CheckValue(ctx, nameof(ctx));
        // ML.NET's own message names its product and takes the two versions for each other.
        if (ctx.Header.ModelSignature == Info.ModelSignature && ctx.Header.ModelVerReadable > version)
            throw host.ExceptDecode(
                $"The file holds a {transformer.Name} of format {ctx.Header.ModelVerReadable & NumberOfVersion}, "
                + $"written by a newer version of MLNmf; this one reads formats up to {version & NumberOfVersion}. "
                + "Update MLNmf.");
        ctx.CheckAtModel(Info);
        var reader = new CheckedReader(ctx, host, hasNameTable: ctx.Header.ModelVerWritten < version);
        var end = reader.HasNameTable ? 0 : RequireIntact(ctx, reader);
        try
        {
            var loaded = load(host, reader);
            if (!reader.HasNameTable)
            {
                reader.Require(ctx.Reader.BaseStream.Position == end, "end");
                ctx.Reader.BaseStream.Position += Checksum.Length;
            }

            return loaded;
        }
        catch (Exception e) when (!e.IsMarked() && e is not OutOfMemoryException)
        {
            // ML.NET creates loaded objects by reflection: what is not marked comes out as TargetInvocationException.
            throw host.ExceptDecode(e, $"The stored factorization is damaged: {e.Message}");
        }
    }

    // Where the content ends.
    private static long RequireIntact(ModelLoadContext ctx, CheckedReader reader)
    {
        var stream = ctx.Reader.BaseStream;
        var start = stream.Position;
        var end = ctx.FpMin + ctx.Header.FpModel + ctx.Header.CbModel - Checksum.Length;
        reader.Require(end > start && end <= stream.Length - Checksum.Length, "size");
        reader.Require(Checksum.IsRight(stream, end - start), "checksum");
        stream.Position = start;
        return end;
    }
}

/// <summary>The factory that ML.NET looks for by reflection: it must return exactly the type of
/// its attribute.</summary>
internal static class TransformerLoader<T>
    where T : class, IStoredTransformer<T>
{
    internal static T Create(IHostEnvironment env, ModelLoadContext ctx) => T.Format.Load(env, ctx, T.Load);
}

/// <summary>The factories of a transformer that maps row by row.</summary>
internal static class RowTransformerLoader<T>
    where T : class, IStoredRowTransformer<T>
{
    private static T Create(IHostEnvironment env, ModelLoadContext ctx) => TransformerLoader<T>.Create(env, ctx);

#pragma warning disable CA1859 // ML.NET looks for a factory that returns exactly this type
    private static IDataTransform Create(IHostEnvironment env, ModelLoadContext ctx, IDataView input)
        => Create(env, ctx).CreateTransform(input);
#pragma warning restore CA1859

    private static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema inputSchema)
        => Create(env, ctx).CreateMapper(inputSchema);
}

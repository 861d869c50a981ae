using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>A transformer that ML.NET stores and finds again by the name in the file.</summary>
/// <remarks>Its assembly names <see cref="TransformerLoader{T}"/> in its LoadableClass attributes.</remarks>
internal interface IStoredTransformer<TSelf>
    where TSelf : class, IStoredTransformer<TSelf>
{
    /// <summary>How files of it are recognised.</summary>
    static abstract StoredFormat Format { get; }

    /// <summary>Reads what was written behind the header.</summary>
    static abstract TSelf Load(IHost host, ModelLoadContext ctx, CheckedReader reader);
}

/// <summary>A transformer that maps row by row.</summary>
internal interface IStoredRowTransformer<TSelf> : IStoredTransformer<TSelf>
    where TSelf : class, IStoredRowTransformer<TSelf>
{
    IDataTransform CreateTransform(IDataView input);

    IRowMapper CreateMapper(DataViewSchema schema);
}

/// <summary>How the files of a transformer are recognised.</summary>
/// <param name="transformer">The transformer.</param>
/// <param name="modelSignature">Eight characters of its own.</param>
/// <param name="loaderSignature">Its name among ML.NET's, at most 24 characters.</param>
/// <param name="version">Version that is written, and the oldest whose readers understand it.</param>
internal sealed class StoredFormat(
    Type transformer, string modelSignature, string loaderSignature, uint version = StoredFormat.FirstVersion)
{
    public const uint FirstVersion = 0x00010001;

    private VersionInfo Info => new(
        modelSignature: modelSignature,
        verWrittenCur: version,
        verReadableCur: version,
        verWeCanReadBack: FirstVersion,
        loaderSignature: loaderSignature,
        // The simple name: ML.NET loads the assembly by it, and a full one would tie a model to a version.
        loaderAssemblyName: transformer.Assembly.GetName().Name);

    /// <summary>Writes the header.</summary>
    public void Begin(IHost host, ModelSaveContext ctx)
    {
        host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Info);
    }

    /// <summary>Reads the header.</summary>
    /// <exception cref="FormatException">It is that of another transformer, or of a newer version.</exception>
    public IHost Open(IHostEnvironment env, ModelLoadContext ctx)
    {
        Contracts.CheckValue(env, nameof(env));
        var host = env.Register(transformer.Name);
        host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(Info);
        return host;
    }
}

/// <summary>The factory that ML.NET looks for by reflection: it must return exactly the type of
/// its attribute.</summary>
internal static class TransformerLoader<T>
    where T : class, IStoredTransformer<T>
{
    internal static T Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        var host = T.Format.Open(env, ctx);
        return T.Load(host, ctx, new CheckedReader(ctx.Reader, host));
    }
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

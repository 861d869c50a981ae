using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(
    NmfTransformer.Summary, typeof(IDataTransform), typeof(NmfTransformer), null, typeof(SignatureLoadDataTransform),
    NmfTransformer.UserName, NmfTransformer.LoaderSignature)]
[assembly: LoadableClass(
    NmfTransformer.Summary, typeof(NmfTransformer), null, typeof(SignatureLoadModel),
    NmfTransformer.UserName, NmfTransformer.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(NmfTransformer), null, typeof(SignatureLoadRowMapper),
    NmfTransformer.UserName, NmfTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

public sealed partial class NmfTransformer
{
    internal const string Summary =
        "Nonnegative matrix factorization: activations of the rows for a learnt dictionary.";
    internal const string UserName = "Nonnegative Matrix Factorization Transform";
    internal const string LoaderSignature = "NmfTransform";

    private const int LargestColumnCount = 4;

    // Version 1 had no sections behind the model parameters.
    private const uint SectionsVersion = 0x00010002;

    private static VersionInfo GetVersionInfo() => new(
        modelSignature: "NMF FACT",
        verWrittenCur: SectionsVersion,
        verReadableCur: SectionsVersion,
        verWeCanReadBack: 0x00010001,
        loaderSignature: LoaderSignature,
        // The simple name: ML.NET loads the assembly by it, and a full one would tie a model to a version.
        loaderAssemblyName: typeof(NmfTransformer).Assembly.GetName().Name);

    // *** Binary format, version 2 *** columns, as ML.NET's base class writes them: int: 1 to 4; for each: int: id of
    // the output name, int: id of the input name byte: normalize; int: ONNX iterations the model parameters
    private protected override void SaveModel(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        ctx.SetVersionInfo(GetVersionInfo());
        SaveColumns(ctx);
        ctx.Writer.Write(NormalizeOutput);
        ctx.Writer.Write(OnnxIterations);
        Model.Save(ctx.Writer);
    }

    // The factories below are found by ML.NET through reflection on the assembly's LoadableClass attributes.
    private static NmfTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        Contracts.CheckValue(env, nameof(env));
        var host = env.Register(nameof(NmfTransformer));
        host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(GetVersionInfo());
        var reader = new CheckedReader(ctx.Reader, host);
        // Not by the base class's constructor, which allocates as many columns as the file claims to have.
        var count = reader.ReadCount("number of columns", 1);
        reader.Require(count <= LargestColumnCount, "number of columns");
        var columns = reader.ReadArray(
            "columns", count, 2 * sizeof(int),
            _ => (Output: ctx.LoadNonEmptyString(), Input: ctx.LoadNonEmptyString()));
        reader.Require(columns.All(column => column.Input == columns[0].Input), "columns");
        reader.Require(
            columns.Select(column => column.Output).Distinct(StringComparer.Ordinal).Count() == count, "columns");
        var normalizeOutput = reader.ReadBoolean("normalization");
        var onnxIterations = reader.ReadCount("number of ONNX iterations", 1);
        reader.Require(onnxIterations <= MaximumOnnxIterations, "number of ONNX iterations");
        var model = NmfModelParameters.Load(reader, hasSections: ctx.Header.ModelVerWritten >= SectionsVersion);
        model.ResolveMeasure(host);
        reader.Require(RolesOf([.. columns.Select(column => column.Output)], model).Length == count, "columns");
        return new NmfTransformer(host, model, columns, normalizeOutput, onnxIterations);
    }

#pragma warning disable CA1859 // ML.NET looks for a factory that returns exactly this type
    private static IDataTransform Create(IHostEnvironment env, ModelLoadContext ctx, IDataView input)
        => Create(env, ctx).MakeDataTransform(input);
#pragma warning restore CA1859

    private static IRowMapper Create(IHostEnvironment env, ModelLoadContext ctx, DataViewSchema inputSchema)
        => Create(env, ctx).MakeRowMapper(inputSchema);
}

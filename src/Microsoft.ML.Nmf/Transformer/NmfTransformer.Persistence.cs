using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(
    NmfTransformer.Summary, typeof(IDataTransform), typeof(RowTransformerLoader<NmfTransformer>), null,
    typeof(SignatureLoadDataTransform), NmfTransformer.UserName, NmfTransformer.LoaderSignature)]
[assembly: LoadableClass(
    NmfTransformer.Summary, typeof(NmfTransformer), typeof(RowTransformerLoader<NmfTransformer>), null,
    typeof(SignatureLoadModel), NmfTransformer.UserName, NmfTransformer.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(RowTransformerLoader<NmfTransformer>), null, typeof(SignatureLoadRowMapper),
    NmfTransformer.UserName, NmfTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

public sealed partial class NmfTransformer : IStoredRowTransformer<NmfTransformer>
{
    internal const string Summary =
        "Nonnegative matrix factorization: activations of the rows for a learnt dictionary.";
    internal const string UserName = "Nonnegative Matrix Factorization Transform";
    internal const string LoaderSignature = "NmfTransform";

    private const int LargestColumnCount = 4;

    // Version 1 had no sections behind the model parameters.
    private const uint SectionsVersion = 0x00010002;

    private static readonly StoredFormat Stored = new(
        typeof(NmfTransformer), "NMF FACT", LoaderSignature, SectionsVersion);

    // *** Binary format, version 2 *** columns, as ML.NET's base class writes them: int: 1 to 4; for each: int: id of
    // the output name, int: id of the input name byte: normalize; int: ONNX iterations the model parameters
    private protected override void SaveModel(ModelSaveContext ctx)
    {
        Stored.Begin(Host, ctx);
        SaveColumns(ctx);
        ctx.Writer.Write(NormalizeOutput);
        ctx.Writer.Write(OnnxIterations);
        Model.Save(ctx.Writer);
    }

    static StoredFormat IStoredTransformer<NmfTransformer>.Format => Stored;

    IDataTransform IStoredRowTransformer<NmfTransformer>.CreateTransform(IDataView input) => MakeDataTransform(input);

    IRowMapper IStoredRowTransformer<NmfTransformer>.CreateMapper(DataViewSchema schema) => MakeRowMapper(schema);

    static NmfTransformer IStoredTransformer<NmfTransformer>.Load(
        IHost host, ModelLoadContext ctx, CheckedReader reader)
    {
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
}

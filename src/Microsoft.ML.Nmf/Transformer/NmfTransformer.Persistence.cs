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

    // Version 1 had no sections behind the model parameters; version 2 no checksum, and names in ML.NET's table.
    private const uint SectionsVersion = 0x00010002;
    private const uint ChecksumVersion = 0x00010003;

    private static readonly StoredFormat Stored = new(
        typeof(NmfTransformer), "NMF FACT", LoaderSignature, ChecksumVersion);

    // *** Binary format, version 3 ***
    // columns: int: 1 to 4; for each: string: output name, string: input name
    // byte: normalize; int: ONNX iterations
    // the model parameters
    private protected override void SaveModel(ModelSaveContext ctx) => Stored.Save(Host, ctx, writer =>
    {
        writer.Write(ColumnPairs.Length);
        foreach (var (output, input) in ColumnPairs)
        {
            writer.Write(output);
            writer.Write(input);
        }

        writer.Write(NormalizeOutput);
        writer.Write(OnnxIterations);
        Model.Save(writer);
    });

    static StoredFormat IStoredTransformer<NmfTransformer>.Format => Stored;

    IDataTransform IStoredRowTransformer<NmfTransformer>.CreateTransform(IDataView input) => MakeDataTransform(input);

    IRowMapper IStoredRowTransformer<NmfTransformer>.CreateMapper(DataViewSchema schema) => MakeRowMapper(schema);

    static NmfTransformer IStoredTransformer<NmfTransformer>.Load(
        IHost host, CheckedReader reader)
    {
        var count = reader.ReadCount("number of columns", 1, LargestColumnCount);
        var columns = reader.ReadArray(
            "columns", count, 2, r => (Output: r.ReadName("output column"), Input: r.ReadName("input column")));
        reader.Require(columns.All(column => column.Input == columns[0].Input), "columns");
        reader.Require(
            columns.Select(column => column.Output).Distinct(StringComparer.Ordinal).Count() == count, "columns");
        var normalizeOutput = reader.ReadBoolean("normalization");
        var onnxIterations = reader.ReadCount("number of ONNX iterations", 1, MaximumOnnxIterations);
        var model = NmfModelParameters.Load(reader, hasSections: reader.Version >= SectionsVersion);
        model.ResolveMeasure(host);
        reader.Require(RolesOf([.. columns.Select(column => column.Output)], model).Length == count, "columns");
        return new NmfTransformer(host, model, columns, normalizeOutput, onnxIterations);
    }
}

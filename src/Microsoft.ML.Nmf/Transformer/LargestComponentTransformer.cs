using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf;

[assembly: LoadableClass(
    LargestComponentTransformer.Summary, typeof(IDataTransform),
    typeof(RowTransformerLoader<LargestComponentTransformer>), null, typeof(SignatureLoadDataTransform),
    LargestComponentTransformer.UserName, LargestComponentTransformer.LoaderSignature)]
[assembly: LoadableClass(
    LargestComponentTransformer.Summary, typeof(LargestComponentTransformer),
    typeof(RowTransformerLoader<LargestComponentTransformer>), null, typeof(SignatureLoadModel),
    LargestComponentTransformer.UserName, LargestComponentTransformer.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(RowTransformerLoader<LargestComponentTransformer>), null, typeof(SignatureLoadRowMapper),
    LargestComponentTransformer.UserName, LargestComponentTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>The name of the largest component of each row, and its share: see
/// <see cref="LargestComponentEstimator"/>.</summary>
/// <remarks>Thread-safe: any number of cursors and prediction engines may share a transformer. A row costs no
/// allocation. Saved and loaded by <c>mlContext.Model</c>; a damaged file gives
/// <see cref="FormatException"/>.</remarks>
public sealed class LargestComponentTransformer
    : OneToOneTransformerBase, IStoredRowTransformer<LargestComponentTransformer>
{
    internal const string Summary = "The name of the largest component of a row, and its share.";
    internal const string UserName = "Largest Component Transform";
    internal const string LoaderSignature = "NmfLargestTransform";

    private static readonly StoredFormat Stored = new(
        typeof(LargestComponentTransformer), "NMF LARG", LoaderSignature, version: 0x00010001);

    internal LargestComponentTransformer(
        IHost host, string outputColumnName, string inputColumnName, string? shareColumnName,
        IReadOnlyList<string>? names)
        : base(
            host,
            [
                .. new[] { outputColumnName, shareColumnName }.OfType<string>().Select(name => (name, inputColumnName)),
            ])
        => Names = names is null ? null : Array.AsReadOnly(names.ToArray());

    /// <summary>Name of the column of names.</summary>
    public string OutputColumnName => ColumnPairs[0].outputColumnName;

    /// <summary>Name of the column of activations.</summary>
    public string InputColumnName => ColumnPairs[0].inputColumnName;

    /// <summary>Name of the column of shares, or null when there is none.</summary>
    public string? ShareColumnName => ColumnPairs.Length > 1 ? ColumnPairs[1].outputColumnName : null;

    /// <summary>The names that were given, or null where they are the slot names of the column.</summary>
    public IReadOnlyList<string>? Names { get; }

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
        => Check(Host, RequiredColumn.Activations.In(Host, inputSchema, ColumnPairs[col].inputColumnName), Names);

    // *** Binary format, version 1 ***
    // string: input name; string: output name; byte: whether there is a column of shares; string: its name
    // int: number of names, 0 for none; strings
    private protected override void SaveModel(ModelSaveContext ctx) => Stored.Save(Host, ctx, writer =>
    {
        writer.Write(InputColumnName);
        writer.Write(OutputColumnName);
        writer.Write(ShareColumnName is not null);
        if (ShareColumnName is not null)
            writer.Write(ShareColumnName);
        writer.Write(Names?.Count ?? 0);
        foreach (var name in Names ?? [])
            writer.Write(name);
    });

    static StoredFormat IStoredTransformer<LargestComponentTransformer>.Format => Stored;

    IDataTransform IStoredRowTransformer<LargestComponentTransformer>.CreateTransform(IDataView input)
        => MakeDataTransform(input);

    IRowMapper IStoredRowTransformer<LargestComponentTransformer>.CreateMapper(DataViewSchema schema)
        => MakeRowMapper(schema);

    static LargestComponentTransformer IStoredTransformer<LargestComponentTransformer>.Load(
        IHost host, CheckedReader reader)
    {
        var (input, output) = (reader.ReadName("input column"), reader.ReadName("output column"));
        var share = reader.ReadBoolean("presence of a share column") ? reader.ReadName("share column") : null;
        reader.Require(share != output, "columns");
        var count = reader.ReadCount("number of names", 0);
        var names = reader.ReadArray("names", count, 1, r => r.ReadText("name of a component"));
        reader.Require(!names.Any(string.IsNullOrWhiteSpace), "names");
        return new LargestComponentTransformer(host, output, input, share, count == 0 ? null : names);
    }

    internal static void Check(IHost host, DataViewSchema.Column column, IReadOnlyList<string>? names)
    {
        var size = ((VectorDataViewType)column.Type).Size;
        host.CheckUserArg(
            names is null || names.Count == size, nameof(Names),
            $"There are {names?.Count} names, but column '{column.Name}' has {size} components. There must be one for "
            + "each.");
    }

    private sealed class Mapper : OneToOneMapperBase
    {
        private readonly LargestComponentTransformer _parent;
        private readonly ReadOnlyMemory<char>[] _names;

        public Mapper(LargestComponentTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), parent, inputSchema)
        {
            _parent = parent;
            _names = NamesOf(inputSchema[parent.InputColumnName]);
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore() =>
        [
            .. _parent.ColumnPairs.Select((pair, column) => new DataViewSchema.DetachedColumn(
                pair.outputColumnName, column == 0 ? TextDataViewType.Instance : NumberDataViewType.Single)),
        ];

        protected override Delegate MakeGetter(
            DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            var column = input.Schema[ColMapNewToOld[iinfo]];
            var (get, values) = (input.GetGetter<VBuffer<float>>(column), default(VBuffer<float>));
            if (iinfo == 0)
            {
                return (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> name) =>
                {
                    get(ref values);
                    var (largest, _) = Largest(values, input);
                    name = largest < 0 ? default : _names[largest];
                });
            }

            return (ValueGetter<float>)((ref float share) =>
            {
                get(ref values);
                share = Largest(values, input).Share;
            });
        }

        // The first of equals; -1 and 0 for a row of zeros.
        private (int Component, float Share) Largest(in VBuffer<float> row, DataViewRow input)
        {
            var (largest, most, sum) = (-1, 0f, 0.0);
            var values = row.GetValues();
            var indices = row.GetIndices();
            for (var i = 0; i < values.Length; i++)
            {
                if (!(values[i] >= 0 && float.IsFinite(values[i])))
                {
                    var slot = row.IsDense ? i : indices[i];
                    throw new NmfDataException(
                        $"Column '{_parent.InputColumnName}', row {input.Position}, component {slot}: {values[i]}. "
                        + "Activations are finite and not negative.", input.Position, slot, values[i]);
                }

                sum += values[i];
                if (values[i] > most)
                    (largest, most) = (row.IsDense ? i : indices[i], values[i]);
            }

            return (largest, largest < 0 ? 0 : (float)(most / sum));
        }

        private ReadOnlyMemory<char>[] NamesOf(DataViewSchema.Column column)
        {
            if (_parent.Names is { } names)
                return [.. names.Select(name => name.AsMemory())];
            var size = ((VectorDataViewType)column.Type).Size;
            var slots = default(VBuffer<ReadOnlyMemory<char>>);
            if (column.HasSlotNames())
                column.GetSlotNames(ref slots);
            return
            [
                .. Enumerable.Range(0, size).Select(k => slots.Length == size && !slots.GetItemOrDefault(k).IsEmpty
                    ? slots.GetItemOrDefault(k).ToString().AsMemory()
                    : string.Create(CultureInfo.InvariantCulture, $"Component{k}").AsMemory()),
            ];
        }
    }
}

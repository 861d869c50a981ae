using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Onnx;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>
/// A view with a column of activations. One cursor serves the rows; where the activations are asked for, a second one
/// over the same view reads ahead, one sequence at a time.
/// </summary>
/// <remarks>A step of a chain as far as ML.NET's export to ONNX is concerned, which would take a view that is none for
/// its input.</remarks>
internal sealed class SequenceView(IHost host, SequenceNmfTransformer transformer, IDataView input)
    : ITransformCanSaveOnnx
{
    private const string NotExported =
        "The activations of a row depend on the rows around it, which an ONNX graph of one row does not see.";

    /// <inheritdoc/>
    public IDataView Source => input;

    /// <inheritdoc/>
    public bool CanSaveOnnx(OnnxContext ctx) => OnnxGraph.Refuse(host, NotExported);

    /// <inheritdoc/>
    public void SaveAsOnnx(OnnxContext ctx) => throw host.ExceptNotSupp(NotExported);

    /// <inheritdoc/>
    public void Save(ModelSaveContext ctx) => ((ICanSaveModel)transformer).Save(ctx);

    /// <inheritdoc/>
    public DataViewSchema Schema { get; } = transformer.GetOutputSchema(input.Schema);

    /// <inheritdoc/>
    public bool CanShuffle => false;

    private int OutputIndex => input.Schema.Count;

    /// <inheritdoc/>
    public long? GetRowCount() => input.GetRowCount();

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        host.CheckValue(columnsNeeded, nameof(columnsNeeded));
        int[] needed = [.. columnsNeeded.Select(column => column.Index)];
        var rows = input.GetRowCursor(needed.Where(index => index < OutputIndex).Select(index => input.Schema[index]));
        var ahead = needed.Contains(OutputIndex)
            ? new SequenceReader(
                host, transformer.GuardFor(input.Schema), input, transformer.SequenceColumnName, host.CheckAlive)
            : null;
        return new Cursor(this, rows, ahead);
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(
        IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly SequenceView _view;
        private readonly DataViewRowCursor _rows;
        private readonly SequenceReader? _ahead;
        private readonly ValueGetter<DataViewRowId> _id;
        private readonly TransformScope _scope;
        private readonly Action? _end;
        private Matrix<float>? _activations;
        private int _at;

        public Cursor(SequenceView view, DataViewRowCursor rows, SequenceReader? ahead)
        {
            (_view, _rows, _ahead) = (view, rows, ahead);
            _id = rows.GetIdGetter();
            _scope = TransformScope.Begin(rows, nameof(SequenceNmfModel<float>), out _end);
        }

        public override DataViewSchema Schema => _view.Schema;

        public override long Position => _rows.Position;

        public override long Batch => _rows.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter() => _rows.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column)
            => column.Index == _view.OutputIndex
                ? _ahead is not null
                : _rows.IsColumnActive(_rows.Schema[column.Index]);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (column.Index != _view.OutputIndex)
                return _rows.GetGetter<TValue>(_rows.Schema[column.Index]);
            if (_ahead is null)
                throw new InvalidOperationException(
                    $"Column '{column.Name}' was not asked for when the cursor was made.");
            ValueGetter<VBuffer<float>> getter = Get;
            return getter as ValueGetter<TValue> ?? throw new InvalidOperationException(
                $"Column '{column.Name}' is a vector of Single, not {typeof(TValue).Name}.");
        }

        public override bool MoveNext()
        {
            if (!_rows.MoveNext())
                return false;
            if (_ahead is null)
                return true;
            if (_activations is null || ++_at == _activations.Rows)
            {
                try
                {
                    _activations = _view.ReadNext(_ahead) ?? throw NotTheSame();
                }
                catch (Exception e)
                {
                    _scope.Fail(e);
                    throw;
                }

                _at = 0;
            }

            var id = default(DataViewRowId);
            _id(ref id);
            if (!id.Equals(_ahead.Ids[_at]))
                throw NotTheSame();
            _scope.Row();
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _end?.Invoke();
                _rows.Dispose();
                _ahead?.Dispose();
            }

            base.Dispose(disposing);
        }

        private InvalidOperationException NotTheSame()
            => new(
                $"Row {_rows.Position} is not the same when the view is read a second time: "
                + "activations of sequences need a view with a fixed order of rows. Cache it, or do not shuffle it.");

        private void Get(ref VBuffer<float> destination)
        {
            var row = _activations!.Row(_at);
            var editor = VBufferEditor.Create(ref destination, row.Length);
            row.CopyTo(editor.Values);
            destination = editor.Commit();
        }
    }

    // The activations of the next sequence, or null at the end.
    private Matrix<float>? ReadNext(SequenceReader reader)
    {
        using var builder = transformer.GuardFor(input.Schema).CreateBuilder();
        return reader.Read(builder) == 0 ? null : transformer.Infer(builder.ToData());
    }
}

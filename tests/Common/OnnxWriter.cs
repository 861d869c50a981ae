using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace MLNmf.Tests.Common;

/// <summary>
/// Drives ML.NET's own walk over the transforms of a view that can be saved as ONNX, and writes the model as protocol
/// buffers: what Microsoft.ML.OnnxConverter does, for the types that are tested here.
/// </summary>
internal static class OnnxWriter
{
    /// <summary>Bytes of an ONNX model that maps the columns of <paramref name="data"/> to those named; output X is
    /// called X.output.</summary>
    public static byte[] Convert(ITransformer model, IDataView data, params string[] outputs)
    {
        var context = new Context();
        var transforms = new Stack<ITransformCanSaveOnnx>();
        var end = model.Transform(data);
        for (var view = end; view is IDataTransform transform && !ReferenceEquals(view, data); view = transform.Source)
        {
            // The converter goes on without this step and those before, and then misses their columns.
            if (view is not ITransformCanSaveOnnx step || !step.CanSaveOnnx(context))
                throw new NotSupportedException($"{view.GetType().Name} cannot save itself as ONNX.");
            transforms.Push(step);
        }

        foreach (var column in data.Schema)
        {
            if (column.Type is VectorDataViewType)
                context.AddInput(column.Name, (VectorDataViewType)column.Type);
        }

        foreach (var transform in transforms)
            transform.SaveAsOnnx(context);
        foreach (var name in outputs)
            context.AddOutput(name, (VectorDataViewType)end.Schema[name].Type);
        return context.ToModel();
    }

    /// <summary>A message of protocol buffers under construction.</summary>
    private sealed class Message
    {
        private readonly List<byte> _bytes = [];

        public byte[] Bytes => [.. _bytes];

        public Message Integer(int field, long value) => Varint((ulong)field << 3).Varint((ulong)value);

        public Message Single(int field, float value)
        {
            Varint(((ulong)field << 3) | 5);
            _bytes.AddRange(BitConverter.GetBytes(value));
            return this;
        }

        public Message Raw(int field, byte[] value)
        {
            Varint(((ulong)field << 3) | 2).Varint((ulong)value.Length);
            _bytes.AddRange(value);
            return this;
        }

        public Message Text(int field, string value) => Raw(field, Encoding.UTF8.GetBytes(value));

        public Message Nested(int field, Message value) => Raw(field, value.Bytes);

        public Message Append(Message other)
        {
            _bytes.AddRange(other._bytes);
            return this;
        }

        private Message Varint(ulong value)
        {
            for (; value > 127; value >>= 7)
                _bytes.Add((byte)(value | 128));
            _bytes.Add((byte)value);
            return this;
        }
    }

    private sealed class Node : OnnxNode
    {
        public Message Message { get; } = new();

        public override void AddAttribute(string argName, double value)
            => Add(argName, 1, m => m.Single(2, (float)value));

        public override void AddAttribute(string argName, long value) => Add(argName, 2, m => m.Integer(3, value));

        public override void AddAttribute(string argName, string value) => Add(argName, 3, m => m.Text(4, value));

        public override void AddAttribute(string argName, ReadOnlyMemory<char> value)
            => AddAttribute(argName, value.ToString());

        public override void AddAttribute(string argName, bool value) => AddAttribute(argName, value ? 1L : 0);

        public override void AddAttribute(string argName, IEnumerable<long> value)
            => Add(argName, 7, m => value.Aggregate(m, (x, item) => x.Integer(8, item)));

        public override void AddAttribute(string argName, IEnumerable<float> value)
            => Add(argName, 6, m => value.Aggregate(m, (x, item) => x.Single(7, item)));

        public override void AddAttribute(string argName, IEnumerable<double> value)
            => AddAttribute(argName, value.Select(item => (float)item));

        public override void AddAttribute(string argName, IEnumerable<string> value)
            => Add(argName, 8, m => value.Aggregate(m, (x, item) => x.Text(9, item)));

        public override void AddAttribute(string argName, string[] value)
            => AddAttribute(argName, (IEnumerable<string>)value);

        public override void AddAttribute(string argName, IEnumerable<ReadOnlyMemory<char>> value)
            => AddAttribute(argName, value.Select(item => item.ToString()));

        public override void AddAttribute(string argName, IEnumerable<bool> value)
            => AddAttribute(argName, value.Select(item => item ? 1L : 0));

        public override void AddAttribute(string argName, Type value) => throw new NotSupportedException();

        private void Add(string name, int type, Func<Message, Message> value)
            => Message.Nested(5, value(new Message().Text(1, name)).Integer(20, type));
    }

    private sealed class Context : OnnxContext
    {
        private const int Opset = 12;

        private readonly Message _inputs = new();
        private readonly Message _outputs = new();
        private readonly Message _constants = new();
        private readonly List<Node> _nodes = [];
        private readonly Dictionary<string, string> _columns = [];
        private readonly HashSet<string> _names = [];
        private readonly HashSet<string> _nodeNames = [];

        public void AddInput(string column, VectorDataViewType type)
        {
            _columns[column] = Unique(column);
            _inputs.Nested(11, Value(_columns[column], type));
        }

        public void AddOutput(string column, VectorDataViewType type)
        {
            CreateNode("Identity", [_columns[column]], [column + ".output"], GetNodeName("Identity"), "");
            _outputs.Nested(12, Value(column + ".output", type));
        }

        public byte[] ToModel()
        {
            var graph = new Message();
            foreach (var node in _nodes)
                graph.Nested(1, node.Message);
            graph.Text(2, "model").Append(_constants).Append(_inputs).Append(_outputs);
            return new Message().Integer(1, 6).Text(2, "tests").Nested(7, graph)
                .Nested(8, new Message().Text(1, "").Integer(2, Opset))
                .Nested(8, new Message().Text(1, "ai.onnx.ml").Integer(2, 2)).Bytes;
        }

        public override void CheckOpSetVersion(int thisTransformerMinumumOpSetVersion, string registerTransformerName)
            => Require(thisTransformerMinumumOpSetVersion <= Opset, $"{registerTransformerName} needs a newer opset.");

        public override string AddInitializer(
            IEnumerable<float> values, IEnumerable<long> dims, string? name = null, bool makeUniqueName = true)
            => Constant(name, 1, dims, values.Aggregate(new Message(), (m, value) => m.Single(4, value)));

        public override string AddInitializer(
            IEnumerable<long> values, IEnumerable<long> dims, string? name = null, bool makeUniqueName = true)
            => Constant(name, 7, dims, values.Aggregate(new Message(), (m, value) => m.Integer(7, value)));

        public override string AddInitializer(float value, string? name = null, bool makeUniqueName = true)
            => AddInitializer([value], [], name);

        public override string AddInitializer(long value, string? name = null, bool makeUniqueName = true)
            => AddInitializer([value], [], name);

        public override OnnxNode CreateNode(
            string opType, IEnumerable<string> inputs, IEnumerable<string> outputs, string name, string? domain = null)
        {
            Require(_nodeNames.Add(name), $"Two nodes are called {name}.");
            var node = new Node();
            foreach (var input in inputs)
                node.Message.Text(1, input);
            foreach (var output in outputs)
                node.Message.Text(2, output);
            node.Message.Text(3, name).Text(4, opType).Text(7, domain ?? "ai.onnx.ml");
            _nodes.Add(node);
            return node;
        }

        public override string AddIntermediateVariable(DataViewType type, string colName, bool skip = false)
            => _columns[colName] = Unique(colName);

        // As the converter does it: a name is taken when its node is made.
        public override string GetNodeName(string prefix) => Unused(prefix, _nodeNames);

        public override bool IsVariableDefined(string variableName) => _names.Contains(variableName);

        public override bool ContainsColumn(string colName) => _columns.ContainsKey(colName);

        public override string GetVariableName(string colName) => _columns[colName];

        public override void RemoveColumn(string colName, bool removeVariable = false) => _columns.Remove(colName);

        public override void RemoveVariable(string variableName, bool removeColumn)
            => throw new NotSupportedException();

        public override void RemoveInputVariable(string variableName) => throw new NotSupportedException();

        public override OnnxVersion GetOnnxVersion() => OnnxVersion.Stable;

        public override List<long>? RetrieveShapeOrNull(string variableName) => null;

        public override string AddInitializer(bool value, string? name = null, bool makeUniqueName = true)
            => throw new NotSupportedException();

        public override string AddInitializer(int value, Type type, string? name = null, bool makeUniqueName = true)
            => throw new NotSupportedException();

        public override string AddInitializer(string value, string? name = null, bool makeUniqueName = true)
            => throw new NotSupportedException();

        public override string AddInitializer(double value, string? name = null, bool makeUniqueName = true)
            => throw new NotSupportedException();

        public override string AddInitializer(
            ulong value, bool isUint64, string? name = null, bool makeUniqueName = true)
            => throw new NotSupportedException();

        public override string AddInitializer(
            IEnumerable<bool> values, IEnumerable<long> dims, string? name = null, bool makeUniqueName = true)
            => throw new NotSupportedException();

        public override string AddInitializer(
            IEnumerable<int> values, Type type, IEnumerable<long> dims, string? name = null, bool makeUniqueName = true)
            => throw new NotSupportedException();

        public override string AddInitializer(
            IEnumerable<string> values, IEnumerable<long> dims, string? name = null, bool makeUniqueName = true)
            => throw new NotSupportedException();

        public override string AddInitializer(
            IEnumerable<double> values, IEnumerable<long> dims, string? name = null, bool makeUniqueName = true)
            => throw new NotSupportedException();

        public override string AddInitializer(
            IEnumerable<ulong> values, bool isUint64, IEnumerable<long> dims, string? name = null,
            bool makeUniqueName = true) => throw new NotSupportedException();

        private static void Require(bool condition, string message)
        {
            if (!condition)
                throw new InvalidOperationException(message);
        }

        private static Message Value(string name, VectorDataViewType type)
        {
            var shape = new Message().Nested(1, new Message().Text(2, "rows")).Nested(
                1, new Message().Integer(1, type.Size));
            return new Message().Text(1, name).Nested(
                2, new Message().Nested(1, new Message().Integer(
                    1, type.ItemType.Equals(NumberDataViewType.Double) ? 11 : 1).Nested(2, shape)));
        }

        private string Constant(string? name, long type, IEnumerable<long> dims, Message data)
        {
            name = Unique(name ?? "constant");
            var tensor = dims.Aggregate(new Message(), (m, size) => m.Integer(1, size))
                .Integer(2, type).Append(data).Text(8, name);
            _constants.Nested(5, tensor);
            return name;
        }

        private string Unique(string name)
        {
            name = Unused(name, _names);
            _names.Add(name);
            return name;
        }

        private static string Unused(string name, HashSet<string> taken)
            => taken.Contains(name)
                ? Enumerable.Range(0, int.MaxValue).Select(i => $"{name}{i}").First(other => !taken.Contains(other))
                : name;
    }
}

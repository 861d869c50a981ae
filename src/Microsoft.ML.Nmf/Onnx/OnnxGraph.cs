using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>Names and adds the nodes of one exported factorisation; all of ONNX's operators used here
/// are in opset 12.</summary>
internal sealed class OnnxGraph(OnnxContext context)
{
    private const string Prefix = "Nmf_";

    private int _count;

    /// <summary>Says that something is not exported, and why. A step that answers ML.NET's question with no is left out
    /// by the converter together with all that stands before it, and what it computes becomes an input of the graph:
    /// with one step, a graph whose output is its input.</summary>
    /// <returns>Nothing.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static bool Refuse(IHost host, string reason)
        => throw host.ExceptNotSupp($"This step cannot be exported to ONNX: {reason}");

    /// <summary>A constant tensor.</summary>
    public string Constant(ReadOnlySpan<float> values, params long[] shape)
        => context.AddInitializer(values.ToArray(), shape, NextName());

    /// <summary>A constant that broadcasts.</summary>
    public string Constant(float value) => Constant([value], 1);

    /// <summary>A node with one output of <paramref name="size"/> columns.</summary>
    public string Apply(string operation, int size, params string[] inputs) => Add(operation, size, null, inputs);

    /// <summary>The same numbers in another shape, of which one size may be -1: what remains.</summary>
    public string Reshape(string input, int size, params long[] shape)
        => Apply("Reshape", size, input, context.AddInitializer(shape, [shape.Length], NextName()));

    /// <summary>Numbers of another type as Singles.</summary>
    public string ToSingle(string input, int size)
    {
        const int SingleInOnnx = 1;
        Node("Cast", size, input, out var output).AddAttribute("to", SingleInOnnx);
        return output;
    }

    /// <summary>Sums over the columns, rows x 1.</summary>
    public string RowSums(string input)
    {
        var node = Node("ReduceSum", 1, input, out var output);
        node.AddAttribute("axes", new long[] { 1 });
        node.AddAttribute("keepdims", 1);
        return output;
    }

    /// <summary>Gives a value the name of a column of the data view.</summary>
    public void Bind(string value, string column, int size)
        => Add("Identity", size, context.AddIntermediateVariable(TypeOf(size), column), value);

    private static VectorDataViewType TypeOf(int size) => new(NumberDataViewType.Single, size);

    private OnnxNode Node(string operation, int size, string input, out string output)
        => context.CreateNode(operation, [input], [output = Variable(size)], NextNode(), "");

    private string Add(string operation, int size, string? output, params string[] inputs)
    {
        output ??= Variable(size);
        context.CreateNode(operation, inputs, [output], NextNode(), "");
        return output;
    }

    // Shapes of intermediate values are left to the runtime.
    private string Variable(int size) => context.AddIntermediateVariable(TypeOf(size), NextName(), true);

    // Unique among the nodes of all steps of a chain; the context sees to it for variables and constants.
    private string NextNode() => context.GetNodeName(NextName());

    private string NextName() => $"{Prefix}{_count++}";
}

#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// What a model knows of itself: features by name, shares of the components, how the fit went. All of it is
// there after loading, too.
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

var random = new Random(1);
string[] items = ["bread", "butter", "jam", "nails", "screws", "glue"];
var baskets = Enumerable.Range(0, 200).Select(n => new Basket
{
    // For breakfast or for the workshop, and now and then a bit of the other.
    Items = [.. items.Select((_, i) => (float)random.Next(i / 3 == n % 2 ? 5 : 1 + (n % 2)))],
});
var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(baskets, Basket.Named(items));
var transformer = ml.Transforms.NonnegativeMatrixFactorization(
    "Purposes", "Items", rank: 2, beta: BetaDivergence.KullbackLeibler).Fit(data);

NmfModelParameters model = transformer.Model;
for (var k = 0; k < model.Rank; k++)
{
    var names = model.GetTopFeatures(k, 3).Select(
        feature => $"{feature.Name} ({feature.Weight:F2}, lift {feature.Lift:F1})");
    Console.WriteLine($"Component {k}, {model.Contributions[k]:P0} of everything: {string.Join(", ", names)}");
}

Console.WriteLine(
    $"{model.StopReason} after {model.Iterations} iterations: the divergence fell from "
    + $"{model.ObjectiveHistory[0].Objective:F0} to {model.Objective:F0}, {model.ExplainedPart:P0} is explained");

class Basket
{
    [VectorType(6)]
    public float[] Items { get; set; } = [];

    // The slots of the vector get their names.
    public static SchemaDefinition Named(string[] names)
    {
        var schema = SchemaDefinition.Create(typeof(Basket));
        schema[nameof(Items)].AddAnnotation(
            "SlotNames", names.Select(name => name.AsMemory()).ToArray(),
            new VectorDataViewType(TextDataViewType.Instance, names.Length));
        return schema;
    }
}

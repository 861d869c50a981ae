using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>
/// Names a generator of Bregman divergences in stored models. A model is loaded with it after
/// <c>mlContext.ComponentCatalog.RegisterAssembly(typeof(MyGenerator).Assembly)</c>; a file alone never
/// makes a type be created.
/// </summary>
/// <param name="contractName">A name of your own, unique among the registered assemblies and never changed, such as
/// <c>"Contoso.Logistic"</c>.</param>
/// <remarks>The class needs a public constructor without parameters: an instance has no state that
/// would be stored.</remarks>
public sealed class BregmanGeneratorAttribute(string contractName) : ExtensionBaseAttribute(contractName);

/// <summary>Names and instances of generators.</summary>
internal static class BregmanContracts
{
    private const string Own = "MLNmf.";

    private static readonly Dictionary<string, Func<IBregmanGenerator>> BuiltIn = new(StringComparer.Ordinal)
    {
        [Own + "Euclidean"] = () => new EuclideanGenerator(),
        [Own + "KullbackLeibler"] = () => new KullbackLeiblerGenerator(),
        [Own + "ItakuraSaito"] = () => new ItakuraSaitoGenerator(),
        [Own + "Logistic"] = () => new LogisticGenerator(),
    };

    /// <summary>The name under which a generator is stored.</summary>
    /// <exception cref="InvalidOperationException">It has none, or could not be created from it.</exception>
    public static string NameOf(IBregmanGenerator generator)
    {
        var type = generator.GetType();
        if (type.Assembly == typeof(EuclideanGenerator).Assembly)
            return Own + type.Name[..^"Generator".Length];
        if (type.GetCustomAttributes(typeof(BregmanGeneratorAttribute), false)
            is not [BregmanGeneratorAttribute attribute])
        {
            throw new InvalidOperationException(
                $"A model with the generator {type.Name} cannot be saved: give the class the attribute "
                + "[BregmanGenerator(\"a name of your own\")], by which it is found when the model is loaded.");
        }

        if (type.GetConstructor(Type.EmptyTypes) is null)
            throw new InvalidOperationException(
                $"A model with the generator {type.Name} cannot be saved: "
                + "the class has no public constructor without parameters.");
        return attribute.ContractName;
    }

    /// <summary>The generator that was stored under a name.</summary>
    /// <exception cref="InvalidOperationException">No registered assembly has it.</exception>
    public static IBregmanGenerator Create(IHostEnvironment environment, string name)
    {
        if (BuiltIn.TryGetValue(name, out var create))
            return create();
        object found;
        try
        {
            found = environment.ComponentCatalog.GetExtensionValue(
                environment, typeof(BregmanGeneratorAttribute), name);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw NotRegistered(environment, name, e);
        }

        return found as IBregmanGenerator ?? throw NotRegistered(environment, name, null);
    }

    // Marked, or ML.NET would let it out wrapped.
    private static InvalidOperationException NotRegistered(IHostEnvironment environment, string name, Exception? inner)
        => environment.Process(new InvalidOperationException(
            $"The model was fitted with the Bregman generator '{name}', which is not registered. "
            + "Call mlContext.ComponentCatalog.RegisterAssembly with the assembly of the class that has the attribute "
            + $"[BregmanGenerator(\"{name}\")] before loading the model.",
            inner));
}

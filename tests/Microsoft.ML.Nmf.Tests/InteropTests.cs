using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace MLNmf.Tests;

/// <summary>The layers over ML.NET use internal members of it: these tests tell which of them another
/// version lacks.</summary>
public class InteropTests
{
    private const int FirstMemberReference = 0x0A000001;
    private const int FirstTypeReference = 0x01000001;

    /// <summary>The assemblies that import Interop/MlNetFriend.targets, one type of each.</summary>
    public static TheoryData<Type> Layers => [typeof(NmfTransformer), typeof(AudioNmfTransformer), typeof(EnviCatalog)];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Every_member_that_the_library_references_exists(Type layer)
    {
        var (resolved, missing) = Resolve(layer, FirstMemberReference, ResolveMember);

        Assert.Empty(missing);
        Assert.InRange(resolved, 80, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Every_type_that_the_library_references_exists(Type layer)
    {
        var (resolved, missing) = Resolve(layer, FirstTypeReference, (module, token) => module.ResolveType(token));

        Assert.Empty(missing);
        Assert.InRange(resolved, 40, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void The_public_surface_uses_public_types_only(Type layer)
    {
        const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public
            | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var leaks = new List<string>();
        foreach (var type in layer.Assembly.GetExportedTypes())
        {
            foreach (var method in type.GetMethods(All).Where(
                method => method.IsPublic || (method.IsFamily && !type.IsSealed)))
            {
                foreach (var used in method.GetParameters()
                    .Select(parameter => parameter.ParameterType).Append(method.ReturnType))
                {
                    if (!IsPublic(used))
                        leaks.Add($"{type.Name}.{method.Name}: {used.Name}");
                }
            }

            foreach (var constructor in type.GetConstructors(All).Where(constructor => constructor.IsPublic))
                leaks.AddRange(constructor.GetParameters().Where(parameter => !IsPublic(parameter.ParameterType))
                    .Select(parameter => $"{type.Name}: {parameter.ParameterType.Name}"));
        }

        Assert.Empty(leaks);
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void The_library_references_the_tested_version_of_ml_net_and_no_copy_of_it(Type layer)
    {
        var references = layer.Assembly.GetReferencedAssemblies()
            .Where(name => name.Name!.StartsWith("Microsoft.ML", StringComparison.Ordinal)
                && name.Name != typeof(NmfTransformer).Assembly.GetName().Name).ToArray();

        Assert.Equal(
            ["Microsoft.ML.Core", "Microsoft.ML.Data", "Microsoft.ML.DataView"],
            references.Select(name => name.Name).Order());
        Assert.All(
            references,
            name => Assert.Equal(typeof(MLContext).Assembly.GetName().GetPublicKeyToken(), name.GetPublicKeyToken()));
    }

    // Parameters of generic types are made up, some that meet the constraints of each.
    private static void ResolveMember(Module module, int token)
    {
        Type[] candidates = [typeof(float), typeof(DayOfWeek), typeof(object)];
        foreach (var candidate in candidates)
        {
            try
            {
                module.ResolveMember(token, [candidate, candidate], [candidate]);
                return;
            }
            catch (TypeLoadException e) when (IsConstraint(e))
            {
                // Another candidate may meet it; where none does, the parameters want several different types.
            }
        }
    }

    // A type that is missing gives "Could not load type", a made-up argument of the wrong kind "GenericArguments[0],
    // ..., violates the constraint".
    private static bool IsConstraint(TypeLoadException error)
        => error.Message.StartsWith("GenericArguments[", StringComparison.Ordinal);

    private static bool IsPublic(Type type)
        => type.IsGenericParameter || (type.HasElementType ? IsPublic(type.GetElementType()!) : type.IsVisible
            && type.GetGenericArguments().All(IsPublic));

    private static (int Resolved, List<string> Missing) Resolve(Type layer, int first, Action<Module, int> resolve)
    {
        var module = layer.Assembly.ManifestModule;
        var missing = new List<string>();
        for (var token = first; ; token++)
        {
            try
            {
                resolve(module, token);
            }
            catch (ArgumentOutOfRangeException)
            {
                return (token - first - missing.Count, missing);
            }
            catch (Exception e) when (e is MissingMemberException or TypeLoadException or FileNotFoundException)
            {
                missing.Add($"{token:X}: {e.Message}");
            }
            catch (Exception e) when (e is ArgumentException or BadImageFormatException)
            {
                // A member of a generic type whose parameters cannot be made up here: it is covered where it is used.
            }
        }
    }
}

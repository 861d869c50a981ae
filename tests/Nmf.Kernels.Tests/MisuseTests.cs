using System.Reflection;

namespace Nmf.Kernels.Tests;

/// <summary>Every entry of the kernels refuses arguments that do not fit, before it reads or writes beyond a
/// matrix.</summary>
public class MisuseTests
{
    // What is called from other libraries, beside what is public.
    private static readonly Type[] InternalEntries =
    [
        typeof(DivergencePass<float>), typeof(NewtonPass<float>), typeof(AbundancePass<float>), typeof(Momentum<float>),
        typeof(FactorKernels), typeof(Extrapolation), typeof(RowKernels), typeof(AbundanceQuadratic),
    ];

    public static TheoryData<string> Methods => [.. MisuseCases.All.Select(c => c.Method).Distinct()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Arguments_that_do_not_fit_are_refused(string method)
    {
        foreach (var (_, what, right, wrong) in MisuseCases.All.Where(c => c.Method == method))
        {
            right();
            Assert.NotEmpty(wrong);
            foreach (var (how, call) in wrong)
            {
                var error = Record.Exception(call);
                Assert.True(
                    error is ArgumentException,
                    $"{method}, {what}, {how}: {error?.GetType().Name ?? "no error"} {error?.Message}");
            }
        }
    }

    [Fact]
    public void No_method_that_takes_memory_is_left_out()
    {
        // Generators are called by the library alone, with spans of its own.
        var types = typeof(Matrix<>).Assembly.GetExportedTypes().Where(
            t => !typeof(IBregmanGenerator).IsAssignableFrom(t))
            .Select(t => t.IsGenericTypeDefinition ? t.MakeGenericType(typeof(float)) : t).Union(InternalEntries);
        var methods = types.SelectMany(type => type
            .GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .OfType<MethodBase>()
            .Where(method => method.GetParameters().Any(p => TakesMemory(p.ParameterType)) && !IsOfRecord(type, method))
            .Select(method => Name(type, method))).ToArray();
        Assert.True(methods.Length > 40);

        // Any span may be summed.
        Assert.Equal(
            [$"{nameof(RowKernels)}.{nameof(RowKernels.Summarize)}(ReadOnlySpan, Boolean)"],
            methods.Except(MisuseCases.All.Select(c => c.Method)).Order());
    }

    private static bool IsOfRecord(Type type, MethodBase method)
        => method.Name is "Equals" or "op_Equality" or "op_Inequality" || (
            method.IsConstructor && method.GetParameters() is [{ } only] && only.ParameterType == type);

    private static bool TakesMemory(Type type)
        => type.IsPointer || (
            type.IsGenericType && Plain(type) is "Matrix" or "SparseMatrix" or "Span" or "ReadOnlySpan" or "Momentum");

    private static string Name(Type type, MethodBase method)
    {
        var parameters = string.Join(", ", method.GetParameters().Select(p => Plain(p.ParameterType)));
        return $"{Plain(type)}{(method.IsConstructor ? "" : ".")}{method.Name}({parameters})";
    }

    private static string Plain(Type type) => type.Name.Split('`')[0];
}

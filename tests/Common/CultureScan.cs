using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace MLNmf.Tests.Common;

/// <summary>
/// Finds where a library makes text of numbers in the culture of the machine: interpolated strings without a format
/// provider, of string builders, too (the handler of src/InvariantText.cs has one), ToString without one, and messages
/// that another library formats. It reads the compiled code, so nothing of the library escapes it.
/// </summary>
internal static class CultureScan
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static
        | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(
        BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>The methods that do so, with the type of the number.</summary>
    public static IReadOnlyList<string> Find(Assembly library)
        => [.. library.GetTypes().SelectMany(
            type => type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All))).SelectMany(Find)];

    private static IEnumerable<string> Find(MethodBase method)
    {
        var calls = Calls(method).ToArray();
        var inCultureOfMachine = calls.OfType<ConstructorInfo>()
            .Where(call => call.DeclaringType!.Assembly != method.Module.Assembly
                && call.DeclaringType.IsDefined(typeof(InterpolatedStringHandlerAttribute))
                && call.GetParameters().All(parameter => parameter.ParameterType != typeof(IFormatProvider)))
            .Select(call => call.DeclaringType).ToHashSet();
        foreach (var call in calls.OfType<MethodInfo>())
        {
            if (inCultureOfMachine.Contains(call.DeclaringType)
                && call.Name == nameof(DefaultInterpolatedStringHandler.AppendFormatted) && call.IsGenericMethod
                && DependsOnCulture(call.GetGenericArguments()[0]))
            {
                yield return $"{method.DeclaringType}.{method.Name} interpolates {call.GetGenericArguments()[0].Name}";
            }
            if (call.DeclaringType?.Namespace == "Microsoft.ML.Runtime"
                && call.Name is "Trace" or "Info" or "Warning" or "Error"
                && call.GetParameters() is [.., { ParameterType: var last }] && last == typeof(object[]))
            {
                yield return $"{method.DeclaringType}.{method.Name} lets {call.DeclaringType} format";
            }
            if (call.Name == nameof(ToString) && call.DeclaringType is { } declaring && DependsOnCulture(declaring)
                && call.GetParameters().All(parameter => parameter.ParameterType == typeof(string)))
            {
                yield return $"{method.DeclaringType}.{method.Name} calls {declaring.Name}.ToString";
            }
        }
    }

    private static bool DependsOnCulture(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return !type.IsEnum && type != typeof(Guid) && type != typeof(char)
            && (type.IsGenericParameter || typeof(IFormattable).IsAssignableFrom(type));
    }

    private static IEnumerable<MethodBase> Calls(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
            yield break;
        var typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var i = 0; i < code.Length;)
        {
            var value = (short)code[i++];
            if (value == 0xFE)
                value = (short)((0xFE << 8) | code[i++]);
            var operation = OpCodesByValue[value];
            if (operation.OperandType == OperandType.InlineMethod)
                yield return method.Module.ResolveMethod(
                    BitConverter.ToInt32(code, i), typeArguments, methodArguments)!;
            i += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, i)),
                _ => 4,
            };
        }
    }
}

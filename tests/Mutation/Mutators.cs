using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Nmf.Mutation;

/// <summary>The changes that are tried: one operator, condition, number, call or statement at a time.</summary>
internal static class Mutators
{
    private static readonly Dictionary<SyntaxKind, string> Operators = new()
    {
        [SyntaxKind.PlusToken] = "-", [SyntaxKind.MinusToken] = "+", [SyntaxKind.AsteriskToken] = "/",
        [SyntaxKind.SlashToken] = "*", [SyntaxKind.PercentToken] = "*", [SyntaxKind.LessThanToken] = "<=",
        [SyntaxKind.LessThanEqualsToken] = "<", [SyntaxKind.GreaterThanToken] = ">=",
        [SyntaxKind.GreaterThanEqualsToken] = ">", [SyntaxKind.EqualsEqualsToken] = "!=",
        [SyntaxKind.ExclamationEqualsToken] = "==", [SyntaxKind.AmpersandAmpersandToken] = "||",
        [SyntaxKind.BarBarToken] = "&&", [SyntaxKind.AmpersandToken] = "|", [SyntaxKind.BarToken] = "&",
        [SyntaxKind.LessThanLessThanToken] = ">>", [SyntaxKind.GreaterThanGreaterThanToken] = "<<",
        [SyntaxKind.PlusEqualsToken] = "-=", [SyntaxKind.MinusEqualsToken] = "+=",
        [SyntaxKind.AsteriskEqualsToken] = "/=", [SyntaxKind.SlashEqualsToken] = "*=",
    };

    // The last name of a call, as of TSimd.Add or Math.Max.
    private static readonly Dictionary<string, string> Calls = new(StringComparer.Ordinal)
    {
        ["Add"] = "Subtract", ["Subtract"] = "Add", ["Multiply"] = "Divide", ["Divide"] = "Multiply", ["Max"] = "Min",
        ["Min"] = "Max", ["Floor"] = "Ceiling", ["Ceiling"] = "Floor", ["Any"] = "All", ["All"] = "Any",
    };

    public static IEnumerable<Mutant> In(SyntaxTree tree)
        => tree.GetRoot().DescendantNodes(node => !IsLeftAlone(node)).SelectMany(
            node => Of(node).Select(change => new Mutant(tree, change.Span, change.Text)));

    // Words for readers, choices of constants, and what only the compiler reads.
    private static bool IsLeftAlone(SyntaxNode node)
        => node is InterpolatedStringExpressionSyntax or AttributeListSyntax or ThrowExpressionSyntax
            or EnumDeclarationSyntax || (node is FieldDeclarationSyntax field
                && field.Modifiers.Any(SyntaxKind.ConstKeyword)) || (node is LocalDeclarationStatementSyntax local
                    && local.IsConst) || (node is ObjectCreationExpressionSyntax created
                        && created.Type.ToString().EndsWith("Exception", StringComparison.Ordinal));

    private static IEnumerable<(TextSpan Span, string Text)> Of(SyntaxNode node)
    {
        switch (node)
        {
            case BinaryExpressionSyntax binary when Operators.TryGetValue(binary.OperatorToken.Kind(), out var text):
                yield return (binary.OperatorToken.Span, text);
                break;
            case AssignmentExpressionSyntax assignment when Operators.TryGetValue(
                assignment.OperatorToken.Kind(), out var text):
                yield return (assignment.OperatorToken.Span, text);
                break;
            case PrefixUnaryExpressionSyntax prefix when prefix.Kind() is SyntaxKind.UnaryMinusExpression
                or SyntaxKind.LogicalNotExpression:
                yield return (prefix.OperatorToken.Span, "");
                break;
            case ConditionalExpressionSyntax choice:
                yield return (choice.Span, $"{choice.Condition} ? {choice.WhenFalse} : {choice.WhenTrue}");
                break;
            case IfStatementSyntax branch:
                yield return (branch.Condition.Span, $"!({branch.Condition})");
                break;
            case LiteralExpressionSyntax literal when literal.Parent is not PrefixUnaryExpressionSyntax
                && Other(literal) is { } number:
                yield return (literal.Span, number);
                break;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } when Calls.TryGetValue(
                access.Name.Identifier.Text, out var name):
                yield return (access.Name.Span, name);
                break;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier
                .Text: "MultiplyAdd" } access, ArgumentList.Arguments.Count: 3 } call:
                yield return (call.Span, $"{access.Expression}.Multiply({call.ArgumentList.Arguments[0]}, "
                    + $"{call.ArgumentList.Arguments[1]})");
                break;
            case ExpressionStatementSyntax { Expression: not AwaitExpressionSyntax } statement:
                yield return (statement.Span, ";");
                break;
            case ThrowStatementSyntax statement:
                yield return (statement.Span, ";");
                break;
            default:
                break;
        }
    }

    private static string? Other(LiteralExpressionSyntax literal) => literal.Token.Value switch
    {
        int value => (value == 0 ? 1 : value == 1 ? 2 : value - 1).ToString(CultureInfo.InvariantCulture),
        long value => (value == 0 ? 1 : value - 1).ToString(CultureInfo.InvariantCulture) + "L",
        float value => (value == 0 ? 1 : 2 * value).ToString("R", CultureInfo.InvariantCulture) + "f",
        double value => (value == 0 ? 1 : 2 * value).ToString("R", CultureInfo.InvariantCulture) + "d",
        bool value => value ? "false" : "true",
        _ => null,
    };
}

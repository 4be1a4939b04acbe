using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cnn.Campaigns.Mutation;

/// <summary>
/// Rewrites a file so that it holds all its mutants at once, each behind a switch:
/// <c>a + b</c> becomes <c>(Is(7) ? a - b : a + b)</c>. Lines stay where they are, so that a mutant that does not
/// compile is found by the compiler's line.
/// </summary>
/// <remarks>
/// The branch of a mutant holds the operands as they were, since only one mutant is active; the code grows with the
/// depth of an expression rather than doubling at every operator. What is evaluated at compile time or once for the
/// process is left alone.
/// </remarks>
internal sealed class Mutator(
    SemanticModel model, string file, Func<Mutant, bool> isWanted, List<Mutant> mutants) : CSharpSyntaxRewriter
{
    public override SyntaxNode? VisitBinaryExpression(BinaryExpressionSyntax node)
    {
        var rewritten = (ExpressionSyntax)base.VisitBinaryExpression(node)!;
        if (!Operators.Binary.TryGetValue(node.Kind(), out string[]? others)
            || !CanBeSwitched(node)
            || !HasOperator(node))
        {
            return rewritten;
        }

        foreach (string other in others)
        {
            rewritten = Switch(node, $"{Text(node.Left)} {other} {Text(node.Right)}", rewritten);
        }

        return rewritten;
    }

    public override SyntaxNode? VisitPrefixUnaryExpression(PrefixUnaryExpressionSyntax node)
    {
        var rewritten = (ExpressionSyntax)base.VisitPrefixUnaryExpression(node)!;
        return node.Kind() switch
        {
            SyntaxKind.LogicalNotExpression or SyntaxKind.UnaryMinusExpression when CanBeSwitched(node) =>
                Switch(node, Text(node.Operand), rewritten),
            _ => rewritten,
        };
    }

    public override SyntaxNode? VisitLiteralExpression(LiteralExpressionSyntax node) => node.Kind() switch
    {
        SyntaxKind.TrueLiteralExpression when IsRunTime(node) && node.Parent is not WhileStatementSyntax =>
            Switch(node, "false", node),
        SyntaxKind.FalseLiteralExpression when IsRunTime(node) => Switch(node, "true", node),
        _ => node,
    };

    public override SyntaxNode? VisitInvocationExpression(InvocationExpressionSyntax node)
    {
        var rewritten = (ExpressionSyntax)base.VisitInvocationExpression(node)!;
        string? other = Text(node.Expression) switch
        {
            "Math.Min" => "Math.Max",
            "Math.Max" => "Math.Min",
            _ => null,
        };
        return other is not null && CanBeSwitched(node)
            ? Switch(node, $"{other}{Text(node.ArgumentList)}", rewritten)
            : rewritten;
    }

    public override SyntaxNode? VisitIfStatement(IfStatementSyntax node)
    {
        var rewritten = (IfStatementSyntax)base.VisitIfStatement(node)!;
        return rewritten.WithCondition(Negated(node.Condition, rewritten.Condition));
    }

    public override SyntaxNode? VisitConditionalExpression(ConditionalExpressionSyntax node)
    {
        var rewritten = (ConditionalExpressionSyntax)base.VisitConditionalExpression(node)!;
        return rewritten.WithCondition(Negated(node.Condition, rewritten.Condition));
    }

    // A call for its effect is left out; a compound assignment and a step get the other operator.
    public override SyntaxNode? VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        var rewritten = (StatementSyntax)base.VisitExpressionStatement(node)!;
        string? instead = node.Expression switch
        {
            InvocationExpressionSyntax or AwaitExpressionSyntax when !SetsArguments(node) => ";",
            AssignmentExpressionSyntax assignment
                when Operators.Assignment.TryGetValue(assignment.Kind(), out string? other)
                    && IsNumber(assignment.Left) =>
                $"{Text(assignment.Left)} {other} {Text(assignment.Right)};",
            _ => null,
        };
        if (instead is null || !IsRunTime(node) || DeclaresSomething(node))
        {
            return rewritten;
        }

        var mutant = Next(node, instead == ";" ? "(left out)" : instead);
        return mutant is null
            ? rewritten
            : SyntaxFactory.ParseStatement(
                $"if ({MutationSwitch.Test(mutant.Id)}) {{ {instead} }} else {{ {rewritten.ToFullString().Trim()} }}")
                .WithTriviaFrom(node);
    }

    // Steps are mostly those of loops, which would not end.
    public override SyntaxNode? VisitPostfixUnaryExpression(PostfixUnaryExpressionSyntax node) => node;

    public override SyntaxNode? VisitAttributeList(AttributeListSyntax node) => node;

    public override SyntaxNode? VisitEnumMemberDeclaration(EnumMemberDeclarationSyntax node) => node;

    public override SyntaxNode? VisitParameter(ParameterSyntax node) => node;

    // Comparisons, negations and literals have mutants of their own.
    private ExpressionSyntax Negated(ExpressionSyntax condition, ExpressionSyntax rewritten) =>
        condition is BinaryExpressionSyntax or PrefixUnaryExpressionSyntax or LiteralExpressionSyntax
            || !CanBeSwitched(condition)
            ? rewritten
            : Switch(condition, $"!({Text(condition)})", rewritten);

    private static string Text(SyntaxNode node) => node.WithoutTrivia().ToString().ReplaceLineEndings(" ");

    private static bool DeclaresSomething(SyntaxNode node) => node.DescendantNodesAndSelf().Any(
        n => n is DeclarationExpressionSyntax or SingleVariableDesignationSyntax or DeclarationPatternSyntax
            or LambdaExpressionSyntax or QueryExpressionSyntax or StackAllocArrayCreationExpressionSyntax);

    private static bool SetsArguments(SyntaxNode node) =>
        node.DescendantNodes().OfType<ArgumentSyntax>().Any(a => a.RefKindKeyword.IsKind(SyntaxKind.OutKeyword));

    private static bool HasComment(SyntaxNode node) => node.DescendantTrivia().Any(
        t => t.IsKind(SyntaxKind.SingleLineCommentTrivia) || t.IsDirective);

    private bool CanBeSwitched(ExpressionSyntax node) =>
        IsRunTime(node) && !DeclaresSomething(node) && !HasComment(node) && !model.GetConstantValue(node).HasValue;

    // Initializers of static fields run once for the process, whichever mutant is active then.
    private static bool IsRunTime(SyntaxNode node) => !node.Ancestors().Any(
        a => a is AttributeSyntax or ParameterSyntax or EnumMemberDeclarationSyntax or CaseSwitchLabelSyntax
            or PatternSyntax or ConstructorInitializerSyntax
            || (a is FieldDeclarationSyntax field && field.Modifiers.Any(
                m => m.IsKind(SyntaxKind.StaticKeyword) || m.IsKind(SyntaxKind.ConstKeyword)))
            || (a is LocalDeclarationStatementSyntax { IsConst: true })
            || (a is PropertyDeclarationSyntax { Initializer: { } initial } property
                && property.Modifiers.Any(SyntaxKind.StaticKeyword) && initial.FullSpan.Contains(node.FullSpan))
            || (a is ConstructorDeclarationSyntax constructor && constructor.Modifiers.Any(SyntaxKind.StaticKeyword)));

    // The predefined operators of numbers and truth values alone: text is joined by + too.
    private bool HasOperator(BinaryExpressionSyntax node) => node.Kind() switch
    {
        SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression => true,
        SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression => true,
        _ => IsNumber(node.Left) && IsNumber(node.Right),
    };

    private bool IsNumber(ExpressionSyntax node) => model.GetTypeInfo(node).Type is { } type
        && (type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_Double
            || type.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr
            || type.TypeKind == TypeKind.Enum);

    private ExpressionSyntax Switch(ExpressionSyntax node, string instead, ExpressionSyntax rewritten)
    {
        Mutant? mutant = Next(node, instead);
        return mutant is null
            ? rewritten
            : SyntaxFactory.ParseExpression(
                $"({MutationSwitch.Test(mutant.Id)} ? ({instead}) : ({rewritten.WithoutTrivia().ToFullString()}))")
                .WithTriviaFrom(node);
    }

    private Mutant? Next(SyntaxNode node, string instead)
    {
        FileLinePositionSpan place = node.GetLocation().GetLineSpan();
        var mutant = new Mutant(
            mutants.Count,
            file,
            place.StartLinePosition.Line + 1,
            place.StartLinePosition.Character + 1,
            Text(node),
            instead);
        if (!isWanted(mutant))
        {
            return null;
        }

        mutants.Add(mutant);
        return mutant;
    }
}

using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>The input of an update rule's constructor, with the checks that several rules share.</summary>
public sealed class SolverContext
{
    /// <summary>The solver's definition.</summary>
    public required SolverParameter Definition { get; init; }

    /// <summary>The source locations of the definition.</summary>
    public SourceMap Sources { get; init; } = new();

    /// <summary>Creates an error in a field of the definition, with the field's location.</summary>
    /// <param name="field">The field, such as <c>SolverParameter.MomentumFieldNumber</c>.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="hint">What would be right.</param>
    public CnnException Error(int field, string message, string? hint = null) =>
        new(new Diagnostic(message, Sources.Find(Definition, field), hint));

    /// <summary>Checks the decay rate of a running mean.</summary>
    /// <exception cref="CnnException">It is not in [0, 1).</exception>
    public void RequireShare(int field, float value) =>
        Require(value is >= 0 and < 1, field, $"is {value}", "it must be 0 or more and below 1");

    /// <summary>Checks a value that must not be below 0.</summary>
    /// <exception cref="CnnException">It is negative or not a number.</exception>
    public void RequireNotNegative(int field, float value) =>
        Require(value >= 0, field, $"is {value}", "it must be 0 or more");

    /// <summary>Checks that a rule without momentum is given none.</summary>
    /// <exception cref="CnnException">There is a momentum.</exception>
    public void RequireNoMomentum() => Require(
        Definition.Momentum == 0,
        SolverParameter.MomentumFieldNumber,
        $"is {Definition.Momentum}",
        $"type {Definition.Type} has no momentum; leave it out");

    /// <summary>Checks that the weight decay is that of the L2 norm, the only form of decoupled decay.</summary>
    /// <exception cref="CnnException">The regularization type is L1.</exception>
    public void RequireL2() => Require(
        Definition.RegularizationType == "L2",
        SolverParameter.RegularizationTypeFieldNumber,
        $"is '{Definition.RegularizationType}'",
        $"type {Definition.Type} knows L2 only");

    private void Require(bool holds, int field, string fault, string hint)
    {
        if (!holds)
        {
            throw Error(field, $"{SolverParameter.Descriptor.FindFieldByNumber(field).Name} {fault}", hint);
        }
    }
}

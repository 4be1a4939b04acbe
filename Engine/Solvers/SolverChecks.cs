using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>Ranges that the fields of several solver types share.</summary>
internal static class SolverChecks
{
    /// <summary>A share that a running mean keeps.</summary>
    /// <exception cref="CnnException">It is not in [0, 1).</exception>
    public static void Share(SolverParameter definition, SourceMap sources, int field, float value) =>
        Require(value is >= 0 and < 1, definition, sources, field, $"is {value}", "it must be 0 or more and below 1");

    /// <summary>Rules without momentum.</summary>
    /// <exception cref="CnnException">There is a momentum.</exception>
    public static void NoMomentum(SolverParameter definition, SourceMap sources) =>
        Require(
            definition.Momentum == 0,
            definition,
            sources,
            SolverParameter.MomentumFieldNumber,
            $"is {definition.Momentum}",
            $"type {definition.Type} has no momentum; leave it out");

    /// <summary>A value that must not be below 0.</summary>
    /// <exception cref="CnnException">It is negative or not a number.</exception>
    public static void NotNegative(SolverParameter definition, SourceMap sources, int field, float value) =>
        Require(value >= 0, definition, sources, field, $"is {value}", "it must be 0 or more");

    /// <summary>A decay that is decoupled from the gradient has one form.</summary>
    /// <exception cref="CnnException">The regularization type is L1.</exception>
    public static void OnlyL2(SolverParameter definition, SourceMap sources) =>
        Require(
            definition.RegularizationType == "L2",
            definition,
            sources,
            SolverParameter.RegularizationTypeFieldNumber,
            $"is '{definition.RegularizationType}'",
            $"type {definition.Type} knows L2 only");

    private static void Require(
        bool holds, SolverParameter definition, SourceMap sources, int field, string message, string hint)
    {
        if (!holds)
        {
            string name = SolverParameter.Descriptor.FindFieldByNumber(field).Name;
            throw new CnnException(new Diagnostic($"{name} {message}", sources.Find(definition, field), hint));
        }
    }
}

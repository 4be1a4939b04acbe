namespace Cnn.Engine.Solvers;

/// <summary>
/// How a solver type turns gradients into steps. One class a type, which carries a <see cref="SolverTypeAttribute"/>
/// and has a public constructor that takes a <see cref="SolverContext"/> and checks the fields that the rule reads; the
/// order of steps around it is the <see cref="Solver"/>'s.
/// </summary>
public abstract class UpdateRule
{
    /// <summary>
    /// History blobs a parameter, 0 at the start; a snapshot holds all first ones, then all second ones, and so on.
    /// </summary>
    public virtual int HistoriesPerParameter => 1;

    /// <summary>
    /// Whether a parameter whose rate is 0 and whose histories are all 0 keeps both, whatever its gradient: then the
    /// solver need not update it.
    /// </summary>
    public virtual bool IsIdleAtRateZero => false;

    /// <summary>
    /// Whether a history cannot hold values below 0, such as a mean of squares. Resuming is refused where a snapshot
    /// has some there, since another solver type must have written it.
    /// </summary>
    /// <param name="history">Which of the parameter's histories, from 0.</param>
    public virtual bool IsNeverNegative(int history) => false;

    /// <summary>
    /// Updates one parameter: its values and its histories. Most rules call
    /// <see cref="ParameterUpdate.Apply"/> with a step of their own.
    /// </summary>
    public abstract void Update(ParameterUpdate update);
}

using System.Text;

namespace Cnn.Engine.Checks;

/// <summary>What the checks of one layer found.</summary>
/// <param name="Name">The layer's name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Results">The result of each <see cref="LayerCheck"/>, in their order.</param>
public sealed record LayerCheckReport(string Name, string Type, IReadOnlyList<LayerCheckResult> Results)
{
    /// <summary>Whether no check failed.</summary>
    public bool Holds => Results.All(r => r.Outcome != CheckOutcome.Fails);

    /// <summary>The result of one check.</summary>
    public LayerCheckResult this[LayerCheck check] => Results.Single(r => r.Check == check);

    /// <summary>Returns the failures, a line each, for the message of a test; empty when there is none.</summary>
    public string Failures()
    {
        var text = new StringBuilder();
        foreach (LayerCheckResult result in Results.Where(r => r.Outcome == CheckOutcome.Fails))
        {
            text.Append(Name).Append(" (").Append(Type).Append("): ").Append(result.Check).Append(": ")
                .Append(result.Detail).Append('\n');
        }

        return text.ToString();
    }
}

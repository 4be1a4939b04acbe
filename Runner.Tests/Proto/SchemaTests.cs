namespace Cnn.Tests.Proto;

public class SchemaTests
{
    [Fact, Trait("Category", "Golden")]
    public void DefaultsOfTheSchemaAreCaffes() => Assert.Equal(0.75f, new global::Cnn.Proto.LRNParameter().Beta);
}

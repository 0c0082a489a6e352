// The documents of a Relay app: a list that is paged, an item that is fetched anew by its id, a mutation that adds to the list
// where it is shown, and a subscription. relay-compiler reads them here; the check runs what it makes of them.
import { graphql } from 'relay-runtime';

graphql`
  fragment documents_products on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 3 }, cursor: { type: "String" })
  @refetchable(queryName: "documentsProductsPageQuery") {
    products(first: $count, after: $cursor, sort: { by: NAME, direction: ASC }) @connection(key: "documents_products") {
      edges {
        node {
          id
          ...documents_product
        }
      }
    }
  }
`;

graphql`
  fragment documents_product on Product @refetchable(queryName: "documentsProductQuery") {
    id
    name
    version
    seller {
      name
    }
  }
`;

graphql`
  query documentsShopQuery($count: Int!) {
    ...documents_products @arguments(count: $count)
  }
`;

graphql`
  query documentsNodeQuery($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Product {
        name
      }
    }
  }
`;

graphql`
  mutation documentsSignInMutation($email: String!, $password: String!) {
    sessionCreate(input: { email: $email, password: $password, kind: APP }) {
      accessToken
      userErrors {
        code
        message
      }
    }
  }
`;

graphql`
  query documentsOwnShopQuery {
    viewer {
      shops(first: 1) {
        nodes {
          seller {
            id
          }
        }
      }
    }
  }
`;

graphql`
  mutation documentsCreateMutation($input: ProductCreateInput!, $connections: [ID!]!) {
    productCreate(input: $input) {
      product @appendNode(connections: $connections, edgeTypeName: "ProductEdge") {
        ...documents_product
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`;

graphql`
  mutation documentsUpdateMutation($input: ProductUpdateInput!) {
    productUpdate(input: $input) {
      product {
        ...documents_product
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`;

graphql`
  subscription documentsChangedSubscription($ids: [ID!]!) {
    productChanged(productIds: $ids) {
      kind
      product {
        ...documents_product
      }
    }
  }
`;
